import { tenThousandSteps } from './ten-thousand-steps.js';

tenThousandSteps('tensorflow');
