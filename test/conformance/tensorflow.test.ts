import { engineSettings } from '../../src/engines/settings.js';
import { tensorflowEngine } from '../../src/engines/tensorflow/engine.js';
import { conforms } from './conforms.js';

// The specs' tolerances are those of float32.
await conforms(tensorflowEngine({ ...engineSettings(process.env), precision: 'fp32' }));
