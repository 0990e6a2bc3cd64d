// What `scripts/bench ops` times, in words that ops-ours.mjs and ops_torch.py both read. Convolutions are those of ResNet-50 with a
// feature pyramid at 320x427, batch 2: {kind, batch, height, width, from, to, size, stride}, channels last, padded by half a filter on all sides.
const convolution = (height, width, from, to, size, stride = 1) => ({
  name: `conv ${size}x${size}${stride > 1 ? ` /${stride}` : ''} ${from}-${to} @${height}x${width}`,
  kind: 'convolution',
  batch: 2,
  height,
  width,
  from,
  to,
  size,
  stride,
});

export const cases = [
  convolution(320, 427, 3, 64, 7, 2),
  convolution(80, 107, 64, 64, 3),
  convolution(80, 107, 64, 256, 1),
  convolution(80, 107, 128, 128, 3, 2),
  convolution(80, 107, 256, 512, 1, 2),
  convolution(40, 54, 128, 128, 3),
  convolution(40, 54, 512, 128, 1),
  convolution(20, 27, 256, 256, 3),
  convolution(20, 27, 1024, 256, 1),
  convolution(10, 14, 512, 512, 3),
  convolution(80, 107, 256, 256, 3),
  { name: 'matmul 1024x12544x1024', kind: 'product', rows: 1024, inner: 12544, columns: 1024 },
  { name: 'batch norm + ReLU 256 @80x107', kind: 'norm', batch: 2, height: 80, width: 107, channels: 256 },
  { name: 'max pool 3x3 /2 64 @160x214', kind: 'pool', batch: 2, height: 160, width: 214, channels: 64 },
  {
    name: 'RoIAlign 1024 boxes 256 @80x107',
    kind: 'align',
    batch: 2,
    height: 80,
    width: 107,
    channels: 256,
    boxes: 1024,
    pooled: 7,
    stride: 4,
  },
  { name: 'add of four numbers', kind: 'small', count: 1000 },
];
