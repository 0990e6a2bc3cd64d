import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of `node_api.h`: of the package `node-api-headers`, which npm puts beside ours wherever it installs us. */
export const nodeApiHeaders = () => dirname(createRequire(import.meta.url).resolve('node-api-headers/include/node_api.h'));
