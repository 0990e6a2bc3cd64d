import t from 'tap';
import { factsOf } from '../../../src/doctor/fact.js';
import { nodeVersion } from '../../../src/doctor/facts/node-version.js';
import { parsePackageVersion, tfjsAddons } from '../../../src/doctor/facts/tfjs-addons.js';
import { hostOf, ran } from '../../host/host-of.js';

t.test('addons are found for everybody and in the home folder, with or without their compiled half', async (t) => {
  const folder = '/home/ada/node_modules/@tensorflow/tfjs-node';
  const host = await hostOf(t, {
    files: { [`${folder}/package.json`]: '{"name": "@tensorflow/tfjs-node", "version": "4.22.0"}' },
    directories: {
      '/home/ada/node_modules/@tensorflow': ['tfjs-core', 'tfjs-node'],
      [`${folder}/lib`]: ['napi-v8'],
      [`${folder}/lib/napi-v8`]: [],
    },
    commands: [ran(['printenv', 'HOME'], '/home/ada\n')],
  });
  t.match(await factsOf(host).of(tfjsAddons), { known: true, value: [{ name: 'tfjs-node', version: '4.22.0', folder, binding: null }] });
});

t.test('a version is read from a package.json, and from nothing else', async (t) => {
  t.equal(parsePackageVersion('{"version" : "4.22.0"}'), '4.22.0');
  t.equal(parsePackageVersion('{"version": "$(reboot)"}'), undefined);
  t.equal(parsePackageVersion('no JSON'), undefined);
});

t.test('Node.js says its version, or is not there', async (t) => {
  t.match(await factsOf(await hostOf(t, { commands: [ran(['node', '--version'], 'v24.4.1\n')] })).of(nodeVersion), { value: '24.4.1' });
  t.match(await factsOf(await hostOf(t, {})).of(nodeVersion), { known: true, value: null });
  t.match(await factsOf(await hostOf(t, { commands: [ran(['node', '--version'], 'what?\n')] })).of(nodeVersion), { known: false });
});
