/** What libtorch's own files say, as pure functions of their text. */

/** `__version__ = '2.13.0+cpu'` and `cuda: Optional[str] = '13.0'` of a Python package's `torch/version.py`. */
export function readVersionPy(text: string): { readonly version: string; readonly cuda: boolean } | undefined {
  const version = /^__version__\s*(?::[^=]*)?=\s*['"]([^'"]+)['"]/m.exec(text)?.[1];
  const cuda = /^cuda\s*(?::[^=]*)?=\s*(?:['"]([^'"]+)['"]|None)/m.exec(text)?.[1];
  return version === undefined ? undefined : { version, cuda: cuda !== undefined };
}

/** `#define TORCH_VERSION_MAJOR 2`, `…_MINOR 13`, `…_PATCH 0` of `torch/version.h`, or of the header that it includes since 2.8. */
export function readVersionHeader(text: string): string | undefined {
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map((name) => new RegExp(`^#define\\s+TORCH_VERSION_${name}\\s+(\\d+)`, 'm').exec(text)?.[1]);
  return parts.every((part) => part !== undefined) ? parts.join('.') : undefined;
}

/** The oldest libtorch that has what the addon calls. */
export const oldestLibtorch = '1.13';

/** Whether a version (`2.13.0+cpu`, `1.13.0a0`) is `oldestLibtorch` or newer. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > 1 || (major === 1 && minor >= 13);
}

/**
 * The C++ standard to compile in, out of `ATen/ATen.h`, which refuses older ones (`… && __cplusplus < 201703L`); never below C++17,
 * which the addon itself is written in.
 */
export function cxxStandard(atenHeader: string): 'c++17' | 'c++20' | 'c++23' {
  const least = Math.max(0, ...[...atenHeader.matchAll(/__cplusplus\s*<\s*(\d{6})L/g)].map(([, number]) => Number(number)));
  if (least > 202_002) return 'c++23';
  return least > 201_703 ? 'c++20' : 'c++17';
}

/**
 * Whether `libc10.so` spells `std::string` as GCC 5 and later do: the constructor of `c10::Error` takes one, and its mangled name
 * (`_ZN3c105ErrorC2E…`) then has `NSt7__cxx1112basic_string` in place of `Ss`. The bytes may be given as Latin-1 text.
 */
export function hasCxx11Abi(libc10: string): boolean {
  const constructors = libc10.match(/_ZN3c105ErrorC[12]E\w+/g) ?? [];
  if (constructors.some((name) => name.includes('__cxx11'))) return true;
  if (constructors.some((name) => name.includes('Ss'))) return false;
  return libc10.includes('__cxx1112basic_string');
}
