import Link from 'next/link';

/** A place in the policy repository, as a link to that line at that commit. */
export function PolicyLink(props: {
  readonly project: string;
  readonly file: string;
  readonly line?: number;
  readonly commit: string | null;
}) {
  const { project, file, line, commit } = props;
  const path = file.split('/').map(encodeURIComponent).join('/');
  const query = commit === null ? '' : `?commit=${commit}`;
  const hash = line === undefined ? '' : `#L${line}`;
  return (
    <Link
      href={`/projects/${project}/policy/${path}${query}${hash}`}
      className="link inline-block min-h-6 font-mono text-[0.8125rem] wrap-anywhere"
    >
      {file}
      {line === undefined ? '' : `:${line}`}
    </Link>
  );
}
