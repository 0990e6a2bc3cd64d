import { nodeVersion } from '../facts/node-version.js';
import { tfjsAddons } from '../facts/tfjs-addons.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';
import { compareVersions } from '../versions.js';

/** The last release that calls what Node.js 23 removed (tfjs issue 8609). */
const lastBroken = '4.22.0';
const firstWithout = '23.0.0';

export const tfjsNodeUnsupported: Check = {
  id: 'node/tfjs-node-unsupported',
  title: 'TensorFlow.js for Node.js runs on this Node.js',
  link: 'framework',
  requires: ['node/tfjs-binding-missing'],
  about: `Where @tensorflow/tfjs-node to ${lastBroken} is installed, compares Node.js with 23, which removed what it calls: \`(0 , util_1.isNullOrUndefined) is not a function\`.`,
  async examine(facts) {
    const addons = await facts.of(tfjsAddons);
    if (!addons.known) return undetermined(addons.why);
    const concerned = addons.value.filter(({ version }) => version && compareVersions(version, lastBroken) <= 0);
    if (concerned.length === 0) return notApplicable('no @tensorflow/tfjs-node that minds is installed');
    const node = await facts.of(nodeVersion);
    if (!node.known) return undetermined(node.why);
    if (node.value === null) return notApplicable('Node.js is not in PATH');
    if (compareVersions(node.value, firstWithout) < 0) return clear(`Node.js ${node.value}`, node.source);
    return found({
      severity: 'warning',
      summary: `@tensorflow/${concerned[0]!.name} ${concerned[0]!.version} does not run on Node.js ${node.value}`,
      why: 'Its kernels end with `(0 , util_1.isNullOrUndefined) is not a function`, in the midst of a training',
      evidence: [...concerned.map(({ folder, version }) => `${folder}: ${version}`), `${node.source}: v${node.value}`],
      remedy: {
        summary: 'Run it with Node.js 22; the engines of gpu-setup run on later ones too',
        commands: [],
        automatic: false,
        needs: ['network'],
      },
    });
  },
};
