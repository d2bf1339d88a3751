import Link from 'next/link';
import type { ReactNode } from 'react';
import { Typed } from './typed.tsx';

export function PageTitle(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly up?: { readonly href: string; readonly name: string };
  readonly aside?: ReactNode;
}) {
  return (
    <div className="pt-10 pb-2 sm:pt-14">
      {props.up === undefined ? null : (
        <nav aria-label="Breadcrumb" className="mb-3">
          <Link href={props.up.href} className="link inline-flex min-h-6 items-center text-sm">
            <span aria-hidden="true">←&nbsp;</span>
            <Typed>{props.up.name}</Typed>
          </Link>
        </nav>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 className="text-3xl break-words sm:text-[2.5rem]">
          <Typed>{props.title}</Typed>
        </h1>
        {props.aside}
      </div>
      {props.lead === undefined ? null : (
        <div className="mt-4 max-w-[50rem] text-lg text-muted">{props.lead}</div>
      )}
    </div>
  );
}
