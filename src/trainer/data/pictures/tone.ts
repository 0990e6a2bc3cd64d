/** Factors of brightness, contrast and saturation; 1 changes nothing. */
export interface Tone {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
}

/** Changes RGB, bytes or floats from 0 to 255, in place: contrast about the picture's own mean, saturation towards the pixel's luma (ITU-R BT.601). */
export function applyTone(pixels: Uint8Array | Float32Array, { brightness, contrast, saturation }: Tone): void {
  const clamped = pixels instanceof Float32Array ? pixels : new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  const gain = brightness * contrast;
  const own = gain * saturation;
  const grey = gain * (1 - saturation);
  const shift = brightness * (1 - contrast) * meanLuma(pixels);
  for (let i = 0; i < clamped.length; i += 3) {
    const red = clamped[i]!;
    const green = clamped[i + 1]!;
    const blue = clamped[i + 2]!;
    const base = grey * (0.299 * red + 0.587 * green + 0.114 * blue) + shift;
    clamped[i] = own * red + base;
    clamped[i + 1] = own * green + base;
    clamped[i + 2] = own * blue + base;
  }
  if (clamped instanceof Float32Array) for (let i = 0; i < clamped.length; i++) clamped[i] = Math.min(Math.max(clamped[i]!, 0), 255);
}

/** Of every 16th pixel, which is near enough. */
function meanLuma(pixels: Uint8Array | Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i + 2 < pixels.length; i += 48) {
    sum += 0.299 * pixels[i]! + 0.587 * pixels[i + 1]! + 0.114 * pixels[i + 2]!;
    count++;
  }
  return sum / count;
}
