import { engineSettings } from '../../src/engines/settings.js';
import { torchEngine } from '../../src/engines/torch/engine.js';
import { conforms } from './conforms.js';

// The specs' tolerances are those of float32.
await conforms(torchEngine({ ...engineSettings(process.env), precision: 'fp32' }));
