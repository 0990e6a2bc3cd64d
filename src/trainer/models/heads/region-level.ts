/**
 * Which of `maps` maps, the finest of stride `finest`, a box of `width` x `height` pixels is taken from (Lin et al., 2017, equation 1):
 * the one of stride 16 at 224 x 224, one coarser for each doubling. Boxes a rounding error below a doubling go with it, as in torchvision.
 */
export function regionLevel(width: number, height: number, finest: number, maps: number): number {
  const side = Math.sqrt(Math.max(width * height, 1));
  const level = Math.floor(canonicalLevel + Math.log2(side / canonicalSide) + 1e-6) - Math.log2(finest);
  return Math.min(Math.max(level, 0), maps - 1);
}

/** Of stride 2^4: where a network for pictures of 224 x 224, which boxes of that size fill, has its last map but one. */
const canonicalLevel = 4;
const canonicalSide = 224;
