/** Looks for files by a part of their path; works without scripts. */
export function PathSearch({ action, file }: { readonly action: string; readonly file: string }) {
  return (
    <search className="mt-6">
      <form action={action} className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <label htmlFor="file" className="block font-medium">
            File
          </label>
          <input
            id="file"
            name="file"
            type="search"
            defaultValue={file}
            className="field mt-1"
            autoComplete="off"
          />
        </div>
        <button type="submit" className="button">
          Search
        </button>
      </form>
    </search>
  );
}
