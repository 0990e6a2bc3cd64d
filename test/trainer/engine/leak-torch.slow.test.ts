import { tenThousandSteps } from './ten-thousand-steps.js';

tenThousandSteps('torch');
