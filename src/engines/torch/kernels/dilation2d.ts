import type { Dilation2DAttrs, Dilation2DBackpropInputInputs, Dilation2DInputs } from '../../../tf.js';
import { backend_util } from '../../../tf.js';
import type { TorchBackend } from '../backend.js';
import type { Handle } from '../binding.js';
import { kernel, type Operand } from '../kernel.js';

type Info = backend_util.Conv2DInfo;

const infoOf = (x: Operand, filter: Operand, { strides, pad, dilations }: Dilation2DAttrs): Info =>
  backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );

const heightOf = ({ outHeight, strideHeight, effectiveFilterHeight }: Info) => (outHeight - 1) * strideHeight + effectiveFilterHeight;
const widthOf = ({ outWidth, strideWidth, effectiveFilterWidth }: Info) => (outWidth - 1) * strideWidth + effectiveFilterWidth;

/** The picture, [B, H, W, C], as far as windows reach. */
function padded(torch: TorchBackend, x: Operand, info: Info): Handle {
  const { padInfo, inHeight, inWidth } = info;
  const right = widthOf(info) - inWidth - padInfo.left;
  const bottom = heightOf(info) - inHeight - padInfo.top;
  // A negative padding takes away what no window reaches.
  return torch.call(
    'constant_pad_nd',
    torch.cast(x, 'float32'),
    [0, 0, padInfo.left, right, padInfo.top, bottom],
    Number.NEGATIVE_INFINITY,
  );
}

/** A view of the cells that element (h, w) of the filter meets, one per window. */
function metBy(torch: TorchBackend, picture: Handle, h: number, w: number, info: Info): Handle {
  const { outHeight, outWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const [top, left] = [h * dilationHeight, w * dilationWidth];
  const rows = torch.call('slice.Tensor', picture, 1, top, top + (outHeight - 1) * strideHeight + 1, strideHeight);
  return torch.call('slice.Tensor', rows, 2, left, left + (outWidth - 1) * strideWidth + 1, strideWidth);
}

/** [h * w, B, H, W, C]: what each element of the filter makes of the cell that it meets. */
function candidates(torch: TorchBackend, x: Operand, filter: Operand, info: Info): Handle {
  const picture = padded(torch, x, info);
  const elements = torch.callForMany('unbind.int', torch.call('reshape', torch.cast(filter, 'float32'), [-1, info.inChannels]));
  const sums = elements.map((element, i) =>
    torch.call('add.Tensor', metBy(torch, picture, Math.floor(i / info.filterWidth), i % info.filterWidth, info), element),
  );
  return torch.call('stack', sums);
}

/** Grey-scale dilation: the largest sum of a cell and the filter's element over it. */
export const dilation2d = kernel<Dilation2DInputs, Dilation2DAttrs>('Dilation2D', (torch, { x, filter }, attrs) =>
  torch.cast(torch.call('amax', candidates(torch, x, filter, infoOf(x, filter, attrs)), [0]), x.dtype as 'float32'),
);

/** The gradient of each window, where element `i` of the filter made its maximum; the first of several that did. */
function partsOf(torch: TorchBackend, x: Operand, filter: Operand, dy: Operand, info: Info): (i: number) => Handle {
  const winner = torch.call('argmax', candidates(torch, x, filter, info), 0);
  return (i) => torch.call('mul.Tensor', torch.cast(dy, 'float32'), torch.call('eq.Scalar', winner, i));
}

export const dilation2dBackpropInput = kernel<Dilation2DBackpropInputInputs, Dilation2DAttrs>(
  'Dilation2DBackpropInput',
  (torch, { x, filter, dy }, attrs) => {
    const info = infoOf(x, filter, attrs);
    const part = partsOf(torch, x, filter, dy, info);
    const gradient = torch.full([info.batchSize, heightOf(info), widthOf(info), info.inChannels], 0, 'float32');
    for (let i = 0; i < info.filterHeight * info.filterWidth; i++)
      torch.call('add_.Tensor', metBy(torch, gradient, Math.floor(i / info.filterWidth), i % info.filterWidth, info), part(i));
    const { top, left } = info.padInfo;
    const sides = [0, 0, -left, info.inWidth + left - widthOf(info), -top, info.inHeight + top - heightOf(info)];
    return torch.cast(torch.call('constant_pad_nd', gradient, sides, 0), x.dtype as 'float32');
  },
);

export const dilation2dBackpropFilter = kernel<Dilation2DBackpropInputInputs, Dilation2DAttrs>(
  'Dilation2DBackpropFilter',
  (torch, { x, filter, dy }, attrs) => {
    const info = infoOf(x, filter, attrs);
    const part = partsOf(torch, x, filter, dy, info);
    const sums = Array.from({ length: info.filterHeight * info.filterWidth }, (_, i) => torch.call('sum.dim_IntList', part(i), [0, 1, 2]));
    return torch.cast(torch.call('reshape', torch.call('stack', sums), filter.shape), filter.dtype as 'float32');
  },
);
