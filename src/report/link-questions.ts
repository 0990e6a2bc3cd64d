import type { Link } from '../doctor/finding.js';

/** What each link of the chain asks. */
export const linkQuestions: Readonly<Record<Link, string>> = {
  hardware: 'Is there a GPU?',
  binding: 'Is it free for the NVIDIA driver?',
  module: 'Is the driver’s kernel module built, accepted and loaded?',
  nodes: 'Can programs reach it through /dev?',
  libraries: 'Do its libraries fit the module, and does it answer?',
  toolkit: 'What compiles CUDA code?',
  framework: 'What brings the frameworks?',
  trainer: 'What does training run on?',
};
