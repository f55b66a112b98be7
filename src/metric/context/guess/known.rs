//! Names that languages, their standard libraries and runtimes define: words with blanks between.

/// Words with blanks between.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(&'static str);

impl Words {
    /// A word is among them.
    pub fn contains(self, word: &str) -> bool {
        self.0.split_ascii_whitespace().any(|other| other == word)
    }
}

/// Traits of the standard library whose methods are known, and derives of it.
pub(super) const RUST_TRAITS: Words = Words(
    "\
    Add AddAssign AsMut AsRef BitAnd BitOr Borrow Clone Copy Debug Default Display Div Drop Eq Error From FromStr \
    Hash Index IndexMut Into IntoIterator LowerHex Mul MulAssign Neg Not Ord PartialEq PartialOrd Rem Send Sub \
    SubAssign Sum Sync ToString TryFrom UpperHex FromIterator Extend Serialize Deserialize Unpin",
);

/// Methods of these traits, and of the blanket implementations of the standard library.
pub(super) const RUST_GIVEN: Words = Words(
    "\
    add add_assign as_mut as_ref bitand bitor borrow borrow_mut clamp clone clone_from clone_into cmp default \
    deserialize div drop eq extend fmt from from_iter from_str ge gt hash hash_slice index index_mut into into_iter \
    le lt max min mul mul_assign ne neg not partial_cmp provide rem serialize source sub sub_assign sum description \
    cause to_owned to_string try_from try_into type_id",
);

/// Modules of Node.
pub(super) const NODE_MODULES: Words = Words(
    "\
    assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain \
    events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl \
    stream string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib",
);

/// Members that every object has.
pub(super) const JS_OBJECT: Words = Words(
    "\
    __proto__ apply bind call constructor hasOwnProperty isPrototypeOf length name propertyIsEnumerable prototype \
    toLocaleString toString valueOf",
);

/// Functions that engines, Node, browsers and test runners define.
pub(super) const JS_GLOBALS: Words = Words(
    "\
    Array ArrayBuffer BigInt Boolean Buffer DataView Date Error Function Iterator Map Number Object Promise Proxy \
    RangeError RegExp Set String Symbol SyntaxError TypeError URIError EvalError WeakMap WeakRef WeakSet \
    addEventListener after afterAll afterEach alert assert atob before beforeAll beforeEach btoa \
    cancelAnimationFrame cancelIdleCallback clearImmediate clearInterval clearTimeout close confirm context \
    createImageBitmap decodeURI decodeURIComponent define defineEmits defineExpose defineProps describe \
    dispatchEvent encodeURI encodeURIComponent escape eval expect expectTypeOf fetch fit fdescribe gc \
    getComputedStyle getSelection import importScripts isFinite isNaN it jest matchMedia open parseFloat parseInt \
    postMessage print prompt queueMicrotask removeEventListener reportError requestAnimationFrame \
    requestIdleCallback require scroll scrollBy scrollTo setImmediate setInterval setTimeout setup specify \
    structuredClone suite super suiteSetup suiteTeardown teardown test unescape vi withDefaults xdescribe xit",
);

/// Names that are always there.
pub(super) const PYTHON_BUILTINS: Words = Words(
    "\
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError \
    BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError \
    ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception \
    ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError \
    ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError \
    KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented \
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError \
    RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration \
    SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True TypeError UnboundLocalError \
    UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError \
    Warning ZeroDivisionError __annotations__ __builtins__ __class__ __debug__ __dict__ __doc__ __file__ __import__ \
    __loader__ __module__ __name__ __package__ __path__ __qualname__ __spec__ _ abs aiter all anext any ascii \
    basestring bin bool breakpoint bytearray bytes callable chr classmethod cmp compile complex copyright credits \
    delattr dict dir divmod enumerate eval exec execfile exit file filter float format frozenset getattr globals \
    hasattr hash help hex id input int isinstance issubclass iter len license list locals long map max memoryview \
    min next object oct open ord pow print property quit range raw_input reduce reload repr reversed reveal_type \
    round self set setattr slice sorted staticmethod str sum super tuple type unichr unicode vars xrange zip",
);

/// Modules of the standard library.
pub(super) const PYTHON_MODULES: Words = Words(
    "\
    __future__ __main__ _thread abc aifc annotationlib argparse array ast asynchat asyncio asyncore atexit audioop \
    base64 bdb binascii binhex bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop \
    collections colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg crypt \
    csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum \
    errno faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt \
    getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect \
    io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes \
    mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath numbers opcode operator optparse os \
    ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint \
    profile pstats pty pwd py_compile pyclbr pydoc queue quopri random re readline reprlib resource rlcompleter \
    runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver \
    spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau \
    symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test textwrap this threading \
    time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle types typing unicodedata \
    unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp \
    zipfile zipimport zlib zoneinfo setuptools pkg_resources pip typing_extensions pytest _pytest",
);
