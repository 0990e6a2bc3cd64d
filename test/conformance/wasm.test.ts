import { wasmEngine } from '../../src/engines/wasm/engine.js';
import { conforms } from './conforms.js';

await conforms(wasmEngine);
