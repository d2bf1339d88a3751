/** Works as a plain GET form: the question is in the address, so an answer can be linked to. */
export function SearchForm({ value = '' }: { readonly value?: string }) {
  return (
    <form action="/search" method="get" role="search">
      <label htmlFor="q" className="font-medium">
        Look up a file or project
      </label>
      <div className="mt-2 flex flex-wrap gap-2">
        <input
          id="q"
          name="q"
          type="text"
          defaultValue={value}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder="SHA-256 or project name"
          aria-describedby="q-hint"
          className="field min-w-0 flex-1 basis-56"
        />
        <button type="submit" className="button">
          Look up
        </button>
      </div>
      <p id="q-hint" className="mt-2 text-sm text-muted">
        The SHA-256 of a file: <code>sha256sum FILE</code>, or <code>certutil -hashfile FILE SHA256</code> on
        Windows.
      </p>
    </form>
  );
}
