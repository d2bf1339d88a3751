/** Before a value of a table, where it is too narrow for columns and its header can't be seen (globals.css, .rows). */
export function Narrow({ label }: { readonly label: string }) {
  return <span className="text-muted md:hidden">{label}: </span>;
}
