/** What a schema can't say about an artifact configuration. */
export interface ConfigurationProblem {
  readonly rule:
    | 'rule.pattern'
    | 'rule.matches'
    | 'rule.shadowed'
    | 'rule.elements'
    | 'rule.nothing-signed'
    | 'rule.unsupported'
    | 'rule.parameter'
    | 'rule.directory'
    | 'rule.metadata'
    | 'rule.sign-method'
    | 'rule.signature-file'
    | 'rule.follows'
    | 'rule.upstream'
    | 'rule.upstream-key'
    | 'rule.verify-refuse';
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}
