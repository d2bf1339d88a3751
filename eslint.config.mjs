import tseslint from 'typescript-eslint';
import { noForgedProofs } from './dev/lint/no-forged-proofs.mjs';

const everywhere = [
  { selector: 'TSEnumDeclaration', message: 'A union of literals; enums aren’t erasable.' },
  {
    selector: 'NewExpression[callee.name="Function"], CallExpression[callee.name="eval"]',
    message: 'No code from strings.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(skip|skipIf|runIf|todo|only)$/][callee.object.name=/^(it|test|describe)$/]:not([arguments.0.callee.name=/^lacks(Tools|Material|Root|SmallDisks|Mounts)$/])',
    message:
      'Only what a machine lacks leaves a test out: skipIf(lacksTools(…)) or skipIf(lacksMaterial(…)), skipIf(lacksRoot()), skipIf(lacksSmallDisks()), skipIf(lacksMounts()), of dev/test/lacks.ts.',
  },
  {
    selector:
      'CallExpression[callee.object.name="vi"][callee.property.name=/^wait(For|Until)$/]:not([arguments.1.name="patience"])',
    message:
      'Waits have one bound, for machines with many times the work they can do: patience, of dev/test/patience.ts.',
  },
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression[properties.length>0]',
    message: 'Write the members themselves.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      '.next/',
      '.countersign/',
      'dist/',
      'public/docs/',
      'action/dist/',
      '**/generated/',
      'next-env.d.ts',
      // the offenders that prove the boundary check
      'dev/test/boundaries/',
      // and those that prove the project's own rule
      'dev/lint/offenders/',
    ],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    // Nobody switches a rule off for a line: either the code or the rule is wrong.
    linterOptions: { noInlineConfig: true },
    plugins: { countersign: { rules: { 'no-forged-proofs': noForgedProofs } } },
    rules: {
      'countersign/no-forged-proofs': 'error',
      eqeqeq: ['error', 'always'],
      'no-console': 'off',
      'no-restricted-syntax': ['error', ...everywhere],
      // An error that is expected is one that nobody sees: a forged proof, for one.
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `() => doIt()` for a callback whose result nobody reads is what people write.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Tag functions and adapters keep the shape of an interface they fill.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Asks for the `!` that no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Environment and parsed JSON come with index signatures; the bracket says so.
      '@typescript-eslint/dot-notation': 'off',
    },
  },
  {
    // The portal is bundled in parts, each with classes of its own.
    files: ['app/**', 'lib/**'],
    ignores: ['lib/core/**', '**/*.test.ts', '**/*.fixture.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        {
          selector:
            'BinaryExpression[operator="instanceof"][right.name=/^(?!(?:Syntax|Type|Range|Xml)?Error$).*(?:Error|Incomplete|BadRequest)$/]',
          message: 'Ask isError(error, TheClass) (lib/core/error) or isExplained(error) (lib/platform/http).',
        },
      ],
    },
  },
  {
    // Unit tests share workers, and with them what these have loaded.
    files: ['**/*.test.{ts,tsx}'],
    ignores: ['**/*.{db,hsm,clamd,git,oracle,process,stack}.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        {
          selector:
            'Program:not(:has(CallExpression[callee.object.name="vi"][callee.property.name="hoisted"] CallExpression[callee.property.name="resetModules"]):has(CallExpression[callee.name="afterAll"] CallExpression[callee.property.name="resetModules"])) CallExpression[callee.object.name="vi"][callee.property.name=/^(mock|doMock)$/]',
          message:
            'The next file of this worker would get it, too: vi.hoisted(() => vi.resetModules()) before, afterAll(() => void vi.resetModules()) behind.',
        },
      ],
    },
  },
  {
    files: ['app/**'],
    rules: {
      // Server actions are async functions handed to `action=`.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { eqeqeq: ['error', 'always'], 'no-undef': 'off' },
  },
);
