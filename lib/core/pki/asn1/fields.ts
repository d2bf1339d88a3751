import { Asn1Error } from './errors.ts';
import type { DerNode } from './reader.ts';
import { compareEncodings } from './writer.ts';

/** Walks the members of a structure in order: required, optional, and nothing left at the end. */
export class Fields {
  readonly #name: string;
  readonly #parent: DerNode;
  #at = 0;

  /** name is the ASN.1 type, for messages. */
  constructor(parent: DerNode, name: string) {
    this.#parent = parent;
    this.#name = name;
  }

  next(field: string): DerNode {
    const node = this.#parent.children[this.#at];
    if (node === undefined) {
      throw new Asn1Error('VALUE_INVALID', this.#parent.offset, `${this.#name} lacks ${field}`);
    }
    this.#at++;
    return node;
  }

  /** The next member if it passes the test; otherwise null, and it remains the next. */
  optional(test: (node: DerNode) => boolean): DerNode | null {
    const node = this.#parent.children[this.#at];
    if (node === undefined || !test(node)) return null;
    this.#at++;
    return node;
  }

  end(): void {
    const node = this.#parent.children[this.#at];
    if (node !== undefined) {
      throw new Asn1Error('VALUE_INVALID', node.offset, `${this.#name} has too many members`);
    }
  }
}

/** Whether members are in the order that DER requires of a SET OF, X.690 §11.6. */
export function isSetOfOrdered(members: readonly DerNode[]): boolean {
  return members.every((member, index) => {
    const previous = members[index - 1];
    return previous === undefined || compareEncodings(previous.bytes, member.bytes) <= 0;
  });
}
