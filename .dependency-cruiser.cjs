/**
 * Who may import whom (ARCHITECTURE.md): app → lib/<room> → lib/platform → lib/core; signer → lib/host → lib/core;
 * cli → lib/policy-tools → lib/core; cli → signer/inspector (its client alone, decision 0085) and signer/daemon/scan (0089).
 * Tests may import what they need. dev/test/boundaries/ holds one offender for each rule, to prove that rules bite.
 */
const tests = '[.](test|fixture)[.]tsx?$';
const own = (...folders) => `^(${folders.join('|')})/`;

/** What node:… a pure module may use: hashing and verifying, bytes, text. No clock, no randomness is a matter of review. */
const pureBuiltins =
  '^(node:)?(crypto|buffer|util|assert|string_decoder|url|path|path/posix|zlib|events|stream)$';

/** Folders whose folders are rooms. One may lie in another: then its rooms are counted there. */
const floors = [
  ...['lib/core', 'lib/core/pki', 'lib/core/wire', 'lib/core/text', 'lib/core/formats', 'lib/core/policy'],
  ...['lib/platform', 'lib/policy-tools', 'lib/host', 'lib'],
  ...['signer/daemon', 'signer/keyholder', 'signer/authorities', 'signer/rulings', 'signer/ground', 'signer'],
];
/** What signer, portal and command line share of input and output. Another one takes a decision (0057), and stands here then. */
const hostRooms = ['configuration', 'git', 'object-store'];
const notInner = (floor) => {
  const inner = floors
    .filter((other) => other.startsWith(`${floor}/`))
    .map((other) => other.slice(floor.length + 1));
  return inner.length === 0 ? '' : `(?!(?:${inner.join('|')})/)`;
};

/** What another room may import. */
const surfaces = [
  '/index[.]tsx?$',
  // built from schemas/
  '^lib/core/generated/',
  // one room per format; the port they all read through lies beside them
  '^lib/core/formats/[^/]+[.]ts$',
  // the part of sign-in that needs Next.js, which nothing outside a request can load
  '^lib/platform/auth/web[.]ts$',
  // what a browser loads of the editor: without the parser and the validator
  '^lib/policy-tools/edit/complete-yaml[.]ts$',
];

/** A folder of lib/core/origin that is a provider's own. */
const provider = '(?!(?:sigstore|public-good|fields|rules)/)([^/]+)';

/** Which file mints grants of which kind: it has the proofs that they rest on. */
const mints = {
  file: 'signer/daemon/grant/index.ts',
  timestamp: 'signer/authorities/tsa/mint-grant.ts',
  list: 'signer/authorities/revocation/mint-list-grant.ts',
  answer: 'signer/authorities/revocation/mint-answer-grant.ts',
};
const exactly = (file) => `^${file.replaceAll('.', '[.]')}$`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need one another are one module, or lack a third.',
      severity: 'error',
      // the Prisma client's models name one another
      from: { pathNot: '^lib/platform/db/generated/' },
      to: { circular: true },
    },
    {
      name: 'nothing-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-imports-only-core',
      comment: 'lib/core is shared by portal, signer and command line: it may know none of them.',
      severity: 'error',
      from: { path: own('lib/core'), pathNot: tests },
      to: { path: own('app', 'lib', 'signer', 'cli', 'dev', 'scripts', 'prisma'), pathNot: own('lib/core') },
    },
    {
      name: 'core-does-no-io',
      comment:
        'Bytes and facts in, value or typed error out: files, network and processes come in as arguments.',
      severity: 'error',
      from: { path: own('lib/core'), pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: pureBuiltins },
    },
    {
      name: 'platform-imports-only-core',
      severity: 'error',
      from: { path: own('lib/platform'), pathNot: tests },
      to: {
        path: own('app', 'lib', 'signer', 'cli', 'dev', 'scripts'),
        pathNot: own('lib/platform', 'lib/host', 'lib/core'),
      },
    },
    {
      name: 'host-imports-only-core',
      comment:
        'lib/host is the one room with input and output that signer, portal and command line share: it is audited as the signer is.',
      severity: 'error',
      from: { path: own('lib/host'), pathNot: tests },
      to: {
        path: own('app', 'lib', 'signer', 'cli', 'dev', 'scripts', 'prisma'),
        pathNot: own('lib/host', 'lib/core'),
      },
    },
    {
      name: 'host-has-only-the-listed-rooms',
      comment:
        'Whatever lies in lib/host runs in the signer and in the portal: nothing comes to lie there unasked.',
      severity: 'error',
      from: {},
      to: { path: `^lib/host/(?!(?:${hostRooms.join('|')})/)` },
    },
    {
      name: 'policy-tools-import-only-core',
      comment: 'Tools over policies, for portal and command line; the signer needs none of them.',
      severity: 'error',
      from: { path: own('lib/policy-tools'), pathNot: tests },
      to: {
        path: own('app', 'lib', 'signer', 'cli', 'dev', 'scripts', 'prisma'),
        pathNot: own('lib/policy-tools', 'lib/core'),
      },
    },
    {
      name: 'lib-imports-no-shell',
      comment: 'The portal speaks to the signer through the database only.',
      severity: 'error',
      from: { path: own('lib'), pathNot: tests },
      to: { path: own('app', 'signer', 'cli', 'dev', 'scripts') },
    },
    {
      name: 'app-imports-only-lib',
      comment: 'Routes call rooms. They never reach the signer, the command line or the development tools.',
      severity: 'error',
      from: { path: own('app'), pathNot: tests },
      to: { path: own('signer', 'cli', 'dev', 'scripts') },
    },
    {
      name: 'signer-imports-only-core',
      comment: 'The signer trusts nobody: no line of the portal runs in its process.',
      severity: 'error',
      from: { path: own('signer'), pathNot: tests },
      to: { path: own('app', 'lib', 'cli', 'dev', 'scripts'), pathNot: own('lib/core', 'lib/host') },
    },
    {
      name: 'cli-imports-only-core',
      severity: 'error',
      from: { path: own('cli'), pathNot: tests },
      to: {
        path: own('app', 'lib', 'signer', 'dev', 'scripts'),
        pathNot: [
          own('lib/core', 'lib/host', 'lib/policy-tools'),
          '^signer/(inspector|daemon/scan)/index[.]ts$',
        ],
      },
    },
    {
      name: 'action-imports-only-the-client',
      comment:
        'The Action runs in workflows of strangers, built into one file: of the command it has the client of the portal, and how others’ text is shown.',
      severity: 'error',
      from: { path: own('action'), pathNot: tests },
      to: {
        path: own('app', 'lib', 'signer', 'cli', 'dev', 'scripts', 'prisma'),
        pathNot: [own('lib/core'), '^cli/client/index[.]ts$', '^cli/plain[.]ts$'],
      },
    },
    {
      name: 'nothing-imports-the-action',
      severity: 'error',
      from: { path: own('app', 'lib', 'signer', 'cli', 'scripts'), pathNot: tests },
      to: { path: own('action') },
    },
    {
      name: 'cli-reaches-of-the-signer-inspector-and-scanner-alone',
      comment:
        'preflight asks inspector and clamd as the daemon does. Nothing else of the signer comes along, and what parses hostile bytes stays in its own process.',
      severity: 'error',
      from: { path: own('cli'), pathNot: tests },
      to: {
        path: [
          '^signer/(?!inspector/|own-code/|daemon/scan/|ground/availability/)',
          '^signer/inspector/child/',
        ],
        reachable: true,
      },
    },
    // Inside each of these folders, a room sees of another room only its index.
    ...floors.map((floor) => ({
      name: `${floor.replaceAll('/', '-')}-rooms-through-their-index`,
      comment: 'A room’s index.ts is its public surface.',
      severity: 'error',
      from: { path: `^${floor}/${notInner(floor)}([^/]+)/`, pathNot: tests },
      to: { path: `^${floor}/${notInner(floor)}[^/]+/.`, pathNot: [`^${floor}/$1/`, ...surfaces] },
    })),
    {
      name: 'lower-floors-through-their-index',
      comment: 'Who comes from above sees of a room only its index, too.',
      severity: 'error',
      from: {
        path: own('action', 'app', 'lib', 'signer', 'cli'),
        pathNot: [own('lib/core', 'lib/platform', 'lib/host'), tests],
      },
      to: { path: '^lib/(core|platform)/[^/]+/.', pathNot: surfaces },
    },
    {
      name: 'host-through-its-index',
      comment: 'What is shared is what a room’s index.ts offers.',
      severity: 'error',
      from: { path: own('action', 'app', 'lib', 'signer', 'cli'), pathNot: [own('lib/host'), tests] },
      to: { path: '^lib/host/[^/]+/.', pathNot: surfaces },
    },
    {
      name: 'platform-uses-core-through-its-index',
      severity: 'error',
      from: { path: own('lib/platform', 'lib/host'), pathNot: tests },
      to: { path: '^lib/core/[^/]+/.', pathNot: surfaces },
    },
    {
      name: 'app-uses-rooms-through-their-index',
      severity: 'error',
      from: { path: own('app', 'cli'), pathNot: tests },
      to: { path: '^lib/(?!core/|platform/|host/)[^/]+/.', pathNot: surfaces },
    },
    {
      name: 'origin-providers-apart',
      comment: 'What two providers of origins share lies beside them: none leans on another.',
      severity: 'error',
      from: { path: `^lib/core/origin/${provider}/`, pathNot: tests },
      to: { path: `^lib/core/origin/${provider}/`, pathNot: '^lib/core/origin/$1/' },
    },
    {
      name: 'origin-providers-known-to-the-registry-alone',
      comment: 'Everybody asks lib/core/origin/registry.ts for a provider’s record.',
      severity: 'error',
      from: { pathNot: [`^lib/core/origin/(${provider}/|registry[.]ts$)`, tests] },
      to: { path: `^lib/core/origin/${provider}/` },
    },
    {
      name: 'prisma-only-in-db',
      comment: 'The database client appears in lib/platform/db and nowhere else.',
      severity: 'error',
      from: { path: own('app', 'lib', 'signer', 'cli'), pathNot: own('lib/platform/db') },
      to: { path: '(^lib/platform/db/generated/|node_modules/@prisma/)' },
    },
    {
      name: 'pkcs11-only-in-keyholder',
      comment: 'One room loads the module that reaches the keys.',
      severity: 'error',
      from: { pathNot: [own('signer/keyholder/token'), tests] },
      to: { path: 'node_modules/pkcs11js/' },
    },
    {
      name: 'tokens-only-in-keyholder-and-ceremony',
      comment:
        'What reaches a token runs in the keyholder’s processes and in the ceremony, and in no process that others can talk to: neither directly nor through a barrel.',
      severity: 'error',
      from: {
        path: '^(app|lib|cli|signer)/',
        pathNot: [
          own('signer/keyholder/(token|holder)', 'signer/authorities/ceremony'),
          '^signer/authorities/issue/main[.]ts$',
          tests,
        ],
      },
      to: { path: '^signer/keyholder/(token|holder)/', reachable: true },
    },
    ...Object.entries(mints).map(([kind, file]) => ({
      name: `${kind}-grants-minted-in-one-file`,
      comment: 'Whoever has this makes grants; the one file that may asks for the proofs of every check.',
      severity: 'error',
      from: { pathNot: [exactly(file), tests] },
      to: { path: `^signer/keyholder/grant/${kind}[.]ts$` },
    })),
    {
      name: 'grants-sealed-by-their-mints',
      comment: 'What makes a grant of any content is for the files beside it, each of one purpose.',
      severity: 'error',
      from: { pathNot: ['^signer/keyholder/grant/', tests] },
      to: { path: '^signer/keyholder/grant/sealed[.]ts$' },
    },
    {
      name: 'samples-reach-nothing-that-signs',
      comment:
        'A sample is a file that anybody who signed in dropped: nothing that is found in it may come near a key, a grant, a request or the journal.',
      severity: 'error',
      from: { path: '^signer/daemon/samples/', pathNot: tests },
      to: {
        path: [
          '^signer/(keyholder|authorities|rulings)/',
          '^signer/daemon/(?!samples/)[^/]+/',
          '^signer/ground/journal/',
        ],
        reachable: true,
      },
    },
    {
      name: 'fixtures-only-in-tests',
      comment: 'A fixture may say of a proof that it was made.',
      severity: 'error',
      from: { path: own('action', 'app', 'lib', 'signer', 'cli', 'scripts'), pathNot: tests },
      to: { path: '[.]fixture[.]tsx?$' },
    },
    {
      name: 'production-needs-no-development-packages',
      severity: 'error',
      from: { path: own('action', 'app', 'lib', 'signer', 'cli'), pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)([.]next|[.]countersign)/|^action/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
