/** What is asked of a catalog besides its structure. A type alias: an interface would be no JSON. */
export type CatalogCheck = {
  /** Its signature is upstream's, and holds. */
  readonly verify: true;
};
