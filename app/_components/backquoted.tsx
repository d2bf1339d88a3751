/** Text of ours whose `words in backquotes` are code. */
export function Backquoted({ children }: { readonly children: string }) {
  return children.split('`').map((part, at) =>
    at % 2 === 1 ? (
      <code key={at} className="break-words">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
