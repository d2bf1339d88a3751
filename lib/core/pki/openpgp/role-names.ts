/**
 * Addresses by which authorities and people take somebody for the holder of a domain, or for those who run it: RFC 2142, the addresses by
 * which certificates are issued (Baseline Requirements §3.2.2.4.4), and what people would take for a role. A project’s address is
 * its slug’s, so no project gets a key for one of these unless the foundation’s configuration names it.
 */
const roleNames: ReadonlySet<string> = new Set([
  // RFC 2142
  ...['info', 'marketing', 'sales', 'support', 'abuse', 'noc', 'security', 'postmaster', 'hostmaster'],
  ...['usenet', 'news', 'webmaster', 'www', 'uucp', 'ftp', 'trouble'],
  // By which certificates are, or were, issued
  ...[
    'admin',
    'administrator',
    'root',
    'sysadmin',
    'ssladmin',
    'ssladministrator',
    'sslwebmaster',
    'is',
    'it',
  ],
  ...['mis', 'ca', 'pki', 'cert'],
  // Of mail systems, and of the Web Key Directory itself
  ...['mailerdaemon', 'daemon', 'nobody', 'noreply', 'mail', 'email', 'dmarc', 'submissionaddress'],
  ...['openpgpkey', 'autoconfig', 'autodiscover', 'mtasts'],
  // Of a foundation’s people
  ...['csirt', 'psirt', 'privacy', 'legal', 'dpo', 'contact', 'help', 'office', 'press', 'billing'],
  ...['board', 'foundation', 'signing', 'release', 'releases', 'keys', 'everyone', 'all'],
]);

/** `local`: the part before the `@`. What follows a `+` reaches the same mailbox, and dots and hyphens hardly tell two names apart. */
export const isRoleName = (local: string): boolean =>
  roleNames.has(local.toLowerCase().replace(/\+.*$/, '').replaceAll(/[._-]/g, ''));
