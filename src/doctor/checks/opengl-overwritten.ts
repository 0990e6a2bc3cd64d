import { displayControllers } from '../facts/display-controllers.js';
import { libraryLinks } from '../facts/library-links.js';
import { runManifest } from '../facts/run-manifest.js';
import type { Check } from '../finding.js';
import { clear, found, notApplicable, undetermined } from '../verdicts.js';

export const openglOverwritten: Check = {
  id: 'driver/opengl-overwritten',
  title: 'The `.run` installer left the other GPU its OpenGL',
  link: 'libraries',
  requires: [],
  about:
    'On a machine whose display belongs to another vendor’s GPU, looks whether the `.run` installer put NVIDIA’s libGL in the place of Mesa’s, as it did before libglvnd: a black screen or a login that comes back for ever.',
  async examine(facts) {
    const [displays, manifest, links] = [await facts.of(displayControllers), await facts.of(runManifest), await facts.of(libraryLinks)];
    if (!manifest.known) return undetermined(`${manifest.why}; run as root`);
    if (!manifest.value) return notApplicable('the `.run` installer was not used here');
    if (!displays.known) return undetermined(displays.why);
    const others = displays.value.filter(({ vendor }) => vendor !== '10de');
    if (others.length === 0) return notApplicable('there is no other GPU');
    const moved = manifest.value.replaced.filter((path) => /\/libGL\.so(\.[\d.]+)?$/.test(path));
    const now = links.known
      ? links.value.find(({ soname, target }) => soname === 'libGL.so.1' && /libGL\.so\.\d{3}\.\d+/.test(target ?? ''))
      : undefined;
    if (moved.length === 0 && !now) return clear('Mesa’s libGL is where it was', manifest.source);
    // Put back since by Mesa's own package.
    if (!now && links.known && links.value.some(({ soname, leads }) => soname === 'libGL.so.1' && leads))
      return clear('libGL is another’s again');
    return found({
      severity: 'warning',
      summary: 'The `.run` installer replaced the libGL of the GPU that shows the desktop',
      why: 'The desktop runs on the other GPU, whose OpenGL is gone: a black screen, or a login that comes back for ever',
      evidence: [...moved.map((path) => `${manifest.source}: ${path} was moved away`), ...(now ? [`${now.path} -> ${now.target}`] : [])],
      remedy: {
        summary: 'Uninstall it, which puts the files back; then take the driver from packages, or `.run` with `--no-opengl-files`',
        commands: ['sudo nvidia-uninstall --silent', 'gpu-setup install-driver --dkms --dry-run'],
        automatic: false,
        needs: ['root', 'network', 'reboot'],
      },
    });
  },
};
