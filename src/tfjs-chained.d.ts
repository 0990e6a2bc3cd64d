/** Lets the type checker know of `x.add(y)` and its like, which the bundle registers. */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
