// TensorFlow.js' own specs, 265 files, in the order that the set-up comes first.
import './setup.mjs';
import '@tensorflow/tfjs-core/dist/tests.js';
