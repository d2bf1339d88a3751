/** The contents of a SignPath artifact configuration, with positions. */
import type { ConfigurationAttribute, ConfigurationComment } from './read-xml.ts';
import type { FileKind } from './vocabulary.ts';

export interface Matches {
  readonly min: number;
  readonly max: number | 'unbounded';
}

export interface Include {
  readonly offset: number;
  readonly path: ConfigurationAttribute | null;
  readonly matches: Matches;
  readonly metadata: readonly ConfigurationAttribute[];
  readonly before: readonly ConfigurationComment[];
}

export interface Directive {
  readonly name: string;
  readonly offset: number;
  readonly attributes: readonly ConfigurationAttribute[];
  readonly before: readonly ConfigurationComment[];
}

export interface Item {
  /** `pe-file`, also for a set. */
  readonly name: string;
  readonly kind: FileKind;
  readonly offset: number;
  readonly before: readonly ConfigurationComment[];
  readonly after: readonly ConfigurationComment[];
  /** A single element has one include and `isSet` false. */
  readonly isSet: boolean;
  readonly includes: readonly Include[];
  /** Restrictions of the set itself; a single element has them in its include. */
  readonly metadata: readonly ConfigurationAttribute[];
  /** Comments in front of and at the end of `<for-each>`. */
  readonly bodyBefore: readonly ConfigurationComment[];
  readonly bodyAfter: readonly ConfigurationComment[];
  readonly directives: readonly Directive[];
  readonly items: readonly Item[];
  /** `ui-multifile-upload` of the root. */
  readonly upload: ConfigurationAttribute | null;
}

export interface Parameter {
  readonly name: ConfigurationAttribute;
  readonly defaultValue: string | null;
  readonly required: boolean;
  readonly before: readonly ConfigurationComment[];
}

export interface SignpathConfiguration {
  readonly parameters: readonly Parameter[];
  readonly parametersAfter: readonly ConfigurationComment[];
  readonly root: Item;
  /** Comments before and after the only element in `<artifact-configuration>`, and around it. */
  readonly head: readonly ConfigurationComment[];
  readonly tail: readonly ConfigurationComment[];
}
