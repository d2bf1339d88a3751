/** The people of a snapshot, and whom of them a check asked for: who isn't among these can't change what it found. */
import type { PersonHandle } from '../ids/index.ts';
import type { PersonDocument } from './document.ts';

/** `everybody`: the check went through all of them. */
export type LookedUp = readonly PersonHandle[] | 'everybody';

export class LookedUpPeople implements ReadonlyMap<PersonHandle, PersonDocument> {
  readonly #people: ReadonlyMap<PersonHandle, PersonDocument>;
  readonly #asked = new Set<PersonHandle>();
  #everybody = false;

  constructor(people: ReadonlyMap<PersonHandle, PersonDocument>) {
    this.#people = people;
  }

  handles(): LookedUp {
    return this.#everybody ? 'everybody' : [...this.#asked];
  }

  get(handle: PersonHandle): PersonDocument | undefined {
    this.#asked.add(handle);
    return this.#people.get(handle);
  }

  has(handle: PersonHandle): boolean {
    this.#asked.add(handle);
    return this.#people.has(handle);
  }

  #all(): ReadonlyMap<PersonHandle, PersonDocument> {
    this.#everybody = true;
    return this.#people;
  }

  get size(): number {
    return this.#all().size;
  }

  keys(): MapIterator<PersonHandle> {
    return this.#all().keys();
  }

  values(): MapIterator<PersonDocument> {
    return this.#all().values();
  }

  entries(): MapIterator<[PersonHandle, PersonDocument]> {
    return this.#all().entries();
  }

  [Symbol.iterator](): MapIterator<[PersonHandle, PersonDocument]> {
    return this.#all().entries();
  }

  forEach(
    each: (
      person: PersonDocument,
      handle: PersonHandle,
      people: ReadonlyMap<PersonHandle, PersonDocument>,
    ) => void,
  ): void {
    this.#all().forEach(each);
  }
}
