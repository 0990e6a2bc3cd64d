/**
 * Names by which a pickle would reach the machine. No checkpoint needs them, so one that only names them is refused whole: it is no accident.
 * This list makes the message clear and nothing more. What is not on it is not run either: nothing ever is.
 */
const modules = new Set([
  ...[
    'os',
    'posix',
    'nt',
    'posixpath',
    'ntpath',
    'sys',
    'subprocess',
    '_posixsubprocess',
    'commands',
    'popen2',
    'pty',
    'platform',
    'signal',
  ],
  ...['runpy', 'importlib', 'imp', 'pkgutil', 'zipimport', 'code', 'codeop', 'types', 'inspect', 'ctypes', '_ctypes', 'cffi', 'gc'],
  ...['pickle', '_pickle', 'cPickle', 'marshal', 'shelve', 'dill', 'cloudpickle', 'joblib'],
  ...[
    'socket',
    '_socket',
    'ssl',
    'http',
    'urllib',
    'urllib2',
    'requests',
    'httplib',
    'ftplib',
    'smtplib',
    'telnetlib',
    'xmlrpc',
    'aiohttp',
    'webbrowser',
  ],
  ...['shutil', 'tempfile', 'io', '_io', 'glob', 'fileinput', 'linecache', 'sqlite3', 'asyncio', 'multiprocessing', 'threading', '_thread'],
  ...[
    'timeit',
    'cProfile',
    'profile',
    'pdb',
    'bdb',
    'trace',
    'doctest',
    'pydoc',
    'idlelib',
    'pip',
    'venv',
    'ensurepip',
    'distutils',
    'setuptools',
  ],
  ...['operator', '_operator', 'sysconfig', 'site', 'atexit', 'builtins'],
]);

/** Whether merely naming `module.name` gives a pickle away; names that are known to be data were taken out before. */
export const reachesTheMachine = (module: string): boolean => modules.has(module.split('.')[0]!);
