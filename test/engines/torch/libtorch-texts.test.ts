import t from 'tap';
import { mappedIn } from '../../../src/engines/mapped-libraries.js';
import { aptCandidate } from '../../../src/engines/torch/install/apt.js';
import {
  cxxStandard,
  hasCxx11Abi,
  isNewEnough,
  readVersionHeader,
  readVersionPy,
} from '../../../src/engines/torch/install/libtorch-texts.js';

t.test('version.py of wheels, with and without types, with and without CUDA', async (t) => {
  const typed = (cuda: string) => `from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'rocm', 'xpu']
__version__ = '2.13.0+${cuda === 'None' ? 'cpu' : 'cu130'}'
debug = False
cuda: Optional[str] = ${cuda}
git_version = 'cf30153c4c131c8164ee7798e5022d810682e2cb'
hip: Optional[str] = None
`;
  t.same(readVersionPy(typed('None')), { version: '2.13.0+cpu', cuda: false });
  t.same(readVersionPy(typed("'13.0'")), { version: '2.13.0+cu130', cuda: true });
  t.same(readVersionPy("__version__ = '1.13.0a0'\ndebug = False\ncuda = None\n"), { version: '1.13.0a0', cuda: false });
  t.equal(readVersionPy('import os\n'), undefined);
});

t.test('version.h, and the one that only includes another', async (t) => {
  const header =
    '#pragma once\n\n/// Major.\n#define TORCH_VERSION_MAJOR 1\n\n#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 0\n#define TORCH_VERSION \\\n  "1.13.0"\n';
  t.equal(readVersionHeader(header), '1.13.0');
  t.equal(readVersionHeader('#pragma once\n#include <torch/headeronly/version.h>\n'), undefined);
  t.equal(readVersionHeader(''), undefined);
});

t.test('1.13 is the oldest, whatever stands behind the numbers', async (t) => {
  for (const version of ['1.13.0', '1.13.0a0', '1.13.1+dfsg-4', '2.0.0', '2.13.0+cpu', '10.1']) t.ok(isNewEnough(version), version);
  for (const version of ['1.12.1', '1.8.1', '0.4', 'nonsense', '']) t.notOk(isNewEnough(version), version);
});

t.test('the C++ standard is the one that the headers insist on, and at least 17', async (t) => {
  const header = (number: string) => `#if !defined(_MSC_VER) && __cplusplus < ${number}L\n#error C++ or later\n#endif\n`;
  t.equal(cxxStandard(header('201402')), 'c++17');
  t.equal(cxxStandard(header('201703')), 'c++17');
  t.equal(cxxStandard(header('202002')), 'c++20');
  t.equal(cxxStandard(header('202302')), 'c++23');
  t.equal(cxxStandard(''), 'c++17');
});

t.test('the ABI of std::string shows in the names of libc10', async (t) => {
  const bytes = (...names: string[]) => `\x7fELF\0\0${names.join('\0')}\0`;
  t.ok(hasCxx11Abi(bytes('_ZN3c105ErrorC2ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE')));
  t.notOk(hasCxx11Abi(bytes('_ZN3c105ErrorC1ENS_14SourceLocationESs', '_ZNSt7__cxx1112basic_stringIcE')));
  t.ok(hasCxx11Abi(bytes('_ZNSt7__cxx1112basic_stringIcE')), 'where no constructor is to be seen, any name counts');
  t.notOk(hasCxx11Abi(bytes('_ZNSs4swapERSs')));
});

t.test('what apt would install', async (t) => {
  const policy = (candidate: string) =>
    `libtorch-dev:\n  Installed: (none)\n  Candidate: ${candidate}\n  Version table:\n     1.13.1+dfsg-4 500\n`;
  t.equal(aptCandidate(policy('1.13.1+dfsg-4')), '1.13.1+dfsg-4');
  t.equal(aptCandidate(policy('1:2.6.0-3')), '2.6.0-3');
  t.equal(aptCandidate(policy('(none)')), undefined);
  t.equal(aptCandidate(''), undefined, 'a package that apt does not know');
});

t.test('which files with that name a process has mapped', async (t) => {
  const maps = `55d0-55d1 r-xp 00000000 fe:00 12 /usr/bin/node
7f12c0000000-7f12d0000000 r-xp 00000000 fe:00 1234                       /usr/lib/x86_64-linux-gnu/libtorch_cpu.so.1.13.0
7f12d0000000-7f12e0000000 r--p 10000000 fe:00 1234                       /usr/lib/x86_64-linux-gnu/libtorch_cpu.so.1.13.0
7f13c0000000-7f13d0000000 r-xp 00000000 fe:00 99                         /home/a user/torch/lib/libtorch_cpu.so
7ffd00000000-7ffd00001000 rw-p 00000000 00:00 0                          [stack]
`;
  t.same(mappedIn(maps, 'libtorch_cpu.so'), ['/usr/lib/x86_64-linux-gnu/libtorch_cpu.so.1.13.0', '/home/a user/torch/lib/libtorch_cpu.so']);
  t.same(mappedIn(maps, 'libtensorflow'), []);
});
