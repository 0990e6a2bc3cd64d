import type { UnaryInputs } from '../../../tf.js';
import { kernel } from '../kernel.js';

/** Kernels of one tensor that ATen has under some name: the same shape comes out. */
const table = {
  Abs: 'abs',
  Acos: 'acos',
  Acosh: 'acosh',
  Asin: 'asin',
  Asinh: 'asinh',
  Atan: 'atan',
  Atanh: 'atanh',
  Ceil: 'ceil',
  ComplexAbs: 'abs',
  Cos: 'cos',
  Cosh: 'cosh',
  Elu: 'elu',
  Erf: 'erf',
  Exp: 'exp',
  Expm1: 'expm1',
  Floor: 'floor',
  IsFinite: 'isfinite',
  IsInf: 'isinf',
  IsNan: 'isnan',
  Log: 'log',
  Log1p: 'log1p',
  LogicalNot: 'logical_not',
  Neg: 'neg',
  Reciprocal: 'reciprocal',
  Relu: 'relu',
  Round: 'round',
  Rsqrt: 'rsqrt',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Sign: 'sign',
  Sin: 'sin',
  Sinh: 'sinh',
  Softplus: 'softplus',
  Sqrt: 'sqrt',
  Square: 'square',
  Tan: 'tan',
  Tanh: 'tanh',
} as const;

export const unaryKernels = Object.entries(table).map(([name, operator]) =>
  kernel<UnaryInputs>(name, (torch, { x }) => torch.call(operator, x)),
);
