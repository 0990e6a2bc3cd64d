/** The only import of TensorFlow.js (docs/dependencies.md says why it is a bundle). */
export * from '#tfjs';
