import { guards, type Area } from '../mutant.ts';

/** What comes in, and who may upload, make tokens, merge and decide. */
export const access: Area = {
  name: 'access',
  mutants: [
    ...guards('lib/applications/repository.ts', 'lib/applications/proof-by-host.test.ts', [
      [
        '.identities.filter((identity) => identity.host === name)',
        '.identities.filter(() => true)',
        'is not proved by the same id on another host',
      ],
      [
        'if (accountId === repository.ownerAccountId)',
        'if (accountId === repository.ownerId)',
        'is not proved by a group’s number',
      ],
      [
        'if (server !== meant) return [];',
        '',
        'is not proved by accounts of another server than the policy means',
      ],
      [
        'userToken?.host === name ? userToken.token : null',
        'userToken?.token ?? null',
        'is proved by what the host lets the account do, asked with its own token and never another’s',
      ],
    ]),
    ...guards(
      'lib/platform/code-host/gitlab/open.ts',
      'lib/platform/code-host/gitlab/misbehaving-host.test.ts',
      [
        [
          'if (repository.id === id) return repository;',
          'return repository;',
          'is refused if it answers about another project',
        ],
        [
          'if (String(member.id) !== accountId)',
          'if (false)',
          'is refused if it answers about another project, or another account',
        ],
        [
          'if (`/users/${id}` !== path)',
          'if (false)',
          'is refused if it answers about another project, or another account',
        ],
        [
          'return repository.ownerAccountId === accountId ?',
          'return accountId !== "" ?',
          'offers nobody the projects of others',
        ],
      ],
    ),
    ...guards('lib/platform/code-host/gitlab/open.ts', 'lib/platform/code-host/gitlab/gitlab.test.ts', [
      [
        "member?.state !== 'active'",
        'member === null',
        'gives permissions by membership, its groups’ too, as long as it is active',
      ],
      ['if (level >= 50)', 'if (level >= 30)', 'gives permissions by membership'],
    ]),
    ...guards('lib/platform/code-host/gitlab/project.ts', 'lib/platform/code-host/gitlab/gitlab.test.ts', [
      [
        "project.visibility !== 'public' || branch === ''",
        "branch === ''",
        'that is private, empty or nowhere isn’t there',
      ],
      [
        'String(project.owner.id)',
        'String(project.namespace.id)',
        'of a person has that person’s number beside that of the namespace',
      ],
    ]),
    ...guards('lib/platform/code-host/gitlab/answers.ts', 'lib/platform/code-host/gitlab/gitlab.test.ts', [
      [
        '(neverKept.includes(name) ? undefined : value)',
        'value',
        'is asked with what was named before, and keeps',
      ],
      ['!raw.more && ', '', 'isn’t answered by half'],
    ]),
    ...guards(
      'lib/platform/code-host/gitlab/ask.ts',
      'lib/platform/code-host/gitlab/misbehaving-host.test.ts',
      [
        [
          'return next !== undefined && URL.canParse(next) ? new URL(next).search : null;',
          'return next ?? null;',
          'leads to its next page by the query alone',
        ],
      ],
    ),
    ...guards('lib/core/policy/load-changed.ts', 'lib/core/policy/load-changed.property.test.ts', [
      [
        "if (place.path.kind === 'Foundation' || place.path.kind === 'TrustRoot') return null;",
        '',
        'is what all files give',
      ],
      [
        "if (handles === 'everybody' || handles.some((handle) => people.has(handle))) asked.add(slug);",
        "if (handles === 'everybody') asked.add(slug);",
        'checks the projects that changed, and those that asked for somebody who did',
      ],
      ['...known.refused.keys()', '', 'is what all files give, as it was accepted'],
    ]),
    ...guards('lib/core/git-tree/parse-tree-diff.ts', 'lib/host/git/read-files.git.test.ts', [
      ["if (status !== 'D') asFile(mode, path);", '', 'are refused for NOT_A_FILE'],
      ['if (sizeBytes > fileSizeBytesMax) {', 'if (sizeBytes < 0) {', 'are refused for FILE_TOO_LARGE'],
    ]),
    ...guards('lib/host/git/read-files.ts', 'lib/host/git/read-files.git.test.ts', [
      [
        '  checkLimits(files, limits);\n',
        '',
        'are refused where there are too many, beside a known commit too',
      ],
    ]),
    ...guards('lib/core/policy/same-repository.ts', 'lib/core/policy/same-repository.test.ts', [
      [
        'return host !== null && host === hostAddressOf(other);',
        'return host !== undefined;',
        'is another one with the same number on another host',
      ],
    ]),
    ...guards('lib/evidence/reputation/index.ts', 'lib/evidence/reputation/on-gitlab.test.ts', [
      [
        'buildSignals[host.name](answers)',
        'workflowSignals(answers)',
        'of a CI configuration say what it includes',
      ],
    ]),
    ...guards('lib/core/pipeline-file/includes.ts', 'lib/evidence/reputation/on-gitlab.test.ts', [
      ["/^[0-9a-f]{40}$/.test(ref ?? '')", 'ref !== null', 'of a CI configuration say what it includes'],
      [
        'if (parts.length > includesMax)',
        'if (false)',
        'of what is included and comes after all that GitLab reads say that it can change',
      ],
    ]),
    ...guards('lib/core/pipeline-file/images.ts', 'lib/evidence/reputation/on-gitlab.test.ts', [
      ['else if (isFile &&', 'else if (', 'of a CI configuration say what it includes'],
      ['|| looked.has(map)', '', 'of an image that is named by what leads in a circle'],
      [
        'if (image === null) found.tags.push(',
        'if (image === null) [].push(',
        'of an image that is named by a reference say',
      ],
    ]),
    ...guards('lib/evidence/reputation/signal.ts', 'lib/evidence/reputation/on-gitlab.test.ts', [
      [".replace(/\\p{Cs}$/u, '')", '', 'shows no half character'],
    ]),
    ...guards(
      'lib/platform/code-host/github/answers.ts',
      'lib/platform/code-host/github/misbehaving-host.test.ts',
      [
        [
          'contributors: readBy(z.array(contributor).max(1_000)),',
          'contributors: readBy(z.array(contributor)),',
          'is reported as unreadable when asked about a project: a list without end',
        ],
        [
          'return parsed.success ? parsed.data : null;',
          'return parsed.data ?? (raw as T);',
          'is reported as unreadable when asked about a project: an object of another kind',
        ],
      ],
    ),
    ...guards(
      'lib/platform/github-client/client.ts',
      'lib/platform/code-host/github/misbehaving-host.test.ts',
      [
        [
          "if (next.origin !== origin) throw new TypeError('the host redirects to another one');",
          '',
          'is reported as unavailable: a redirect to another host',
        ],
      ],
    ),
    ...guards(
      'lib/platform/code-host/github/open.ts',
      'lib/platform/code-host/github/misbehaving-host.test.ts',
      [
        [
          'if (repository.id === id) return repository;',
          'return repository;',
          'is refused if it answers about another repository than the requested one',
        ],
      ],
    ),
    ...guards(
      'lib/platform/github-client/retry-at.ts',
      'lib/platform/code-host/github/misbehaving-host.test.ts',
      [
        [
          'Math.min(Math.max(seconds, 0), waitSecondsMax)',
          'Math.max(seconds, 0)',
          'is waited for at most a bounded time: {',
        ],
      ],
    ),
    ...guards(
      'lib/applications/questions/build-systems.ts',
      'lib/applications/questions/application.test.ts',
      [
        [
          'if (host !== null && host !== projects.codeHost) return false;',
          '',
          'say of a repository on GitLab, where the foundation lists no build system',
        ],
      ],
    ),
    ...guards('lib/onboarding/files/first-policies.ts', 'lib/onboarding/files/policy-files.test.ts', [
      [
        "if (lack !== null && hasOrigin) return { purpose, ...lack, needs: 'build-system' };",
        '',
        'on GitLab gets no policy about builds of GitHub',
      ],
    ]),
    ...guards('lib/onboarding/files/first-policies.ts', 'lib/onboarding/files/floors.test.ts', [
      [
        'if (tooFew !== null) return tooFew;',
        '',
        'yields no release policy while only one person could approve, and says so',
      ],
      ['return fault === undefined', 'return true', 'is met, or the applicant is notified: builder'],
      [
        'leastQuorum(snapshot.foundation.value, purpose)',
        '0',
        'yields one with two approvals once two people can approve',
      ],
    ]),
    ...guards('app/api/_edge/answer-person.ts', 'app/api/projects/[slug]/upload/route.db.test.ts', [
      [
        '    refuseForeignPage(request, portal.config.publicUrl);\n',
        '',
        'sent by a page of another site is refused unread',
      ],
      [
        'if (origin === new URL(publicUrl).origin) return;',
        'if (origin !== null) return;',
        'sent by a page of another site is refused unread',
      ],
      ["if (actor.kind === 'public') {", 'if (false) {', 'by a person who isn’t signed in is refused unread'],
      ['    await writes.count(portal.db, actorName(actor));\n', '', 'is limited to 120 a minute per person'],
    ]),
    ...guards('app/api/projects/[slug]/upload/route.ts', 'app/api/projects/[slug]/upload/route.db.test.ts', [
      [
        '    await authoriseSubmission({ ctx, input: { project, policy, ...parameters } });\n    const stored',
        '    const stored',
        'by a team member whose request nobody could approve is refused unread',
      ],
      [
        'const allowed = await authoriseSubmission({ ctx, input: { project, policy } });',
        "const allowed = { policy: { artifactConfiguration: '' } };",
        'is checked against the policy that it names, before anything is stored',
      ],
      ["if (query.has('policy'))", "if (query.has(''))", 'by a person who may not submit is refused unread'],
      [
        'if (length === null || length > formBytesMax) {',
        'if (length === null) {',
        'that is too large is refused unread',
      ],
      [
        'if (length === null || length > formBytesMax) {',
        'if (length !== null && length > formBytesMax) {',
        'of no known length is refused unread',
      ],
    ]),
    ...guards('lib/api-tokens/create.ts', 'lib/api-tokens/api-tokens.db.test.ts', [
      [
        "if (!rights.make) throw notAllowed(input.project, 'make');",
        '',
        'is made by an author, an approver or a submitter, authenticates requests, and records who made it',
      ],
      [
        'if (count < activeTokensMax) return;',
        'return;',
        'is one of at most twenty, even when two people make the last one at once',
      ],
    ]),
    ...guards('lib/api-tokens/create.ts', 'lib/api-tokens/api-tokens.db.test.ts', [
      ["if (status === 'retired') {", 'if (false) {', 'for a project that is retired comes to'],
    ]),
    ...guards('lib/api-tokens/revoke.ts', 'lib/api-tokens/api-tokens.db.test.ts', [
      [
        "if (!revoke) throw notAllowed(input.project, 'revoke');",
        'void [revoke, notAllowed];',
        'may not be revoked by a reviewer of the team, who sees it',
      ],
    ]),
    ...guards('lib/api-tokens/authorise.ts', 'lib/api-tokens/api-tokens.db.test.ts', [
      [
        "if (!isOnTeam(actor, slug) && !foundation) throw notAllowed(slug, 'see');",
        '',
        'is made by an author, an approver or a submitter',
      ],
    ]),
    ...guards('lib/reports/appeal.ts', 'lib/reports/appeals.db.test.ts', [
      [
        "if (!team && !(await hasProposed(ctx, serial ?? ''))) return;",
        'if (!team) return;',
        'can’t be decided by the project’s people, nor by the proposer of the revocation',
      ],
      [
        "if (!team && !(await hasProposed(ctx, serial ?? ''))) return;",
        "if (!(await hasProposed(ctx, serial ?? ''))) return;",
        'can’t be decided by the project’s people, nor by the proposer of the revocation',
      ],
      [
        'if (!isOnTeam(ctx.actor, parseProjectSlug(project))) {',
        'if (false) {',
        'is made by the project’s own people, about an existing revocation, one at a time',
      ],
    ]),
    ...guards('lib/reports/handle.ts', 'lib/reports/appeals.db.test.ts', [
      [
        "if (before.kind === 'appeal') await checkImpartial(ctx, before);",
        '',
        'can’t be decided by the project’s people, nor by the proposer of the revocation',
      ],
    ]),
    ...guards('lib/reviews/decide.ts', 'lib/reviews/reviews.git.test.ts', [
      [
        '    refuseDisqualified(await disqualificationOf(transaction, reviewer, review, application));\n',
        '',
        'neither decides nor sees what other reviewers wrote',
      ],
      [
        '    await refuseDecided(transaction, reviewer, review);\n',
        '',
        'takes two reviewers for executables',
      ],
      ['    requireClaim(reviewer, review);\n', '', 'is decided by nobody who hasn’t claimed it'],
    ]),
    ...guards('lib/reviews/claim.ts', 'lib/reviews/reviews.git.test.ts', [
      [
        "    if (review.state === 'closed') throw notNow('This review is closed.', 'Take another one from the queue.');\n    refuseDisqualified",
        '    refuseDisqualified',
        'that is closed can’t be claimed, released or decided',
      ],
      [
        "  if (review.state === 'closed') throw notNow('This review is closed.', 'Take another one from the queue.');\n  refuseClaimed",
        '  refuseClaimed',
        'that is closed can’t be claimed, released or decided',
      ],
      [
        '    refuseDisqualified(await disqualificationOf(transaction, reviewer, review, application));\n',
        '',
        'never lets a reviewer decide on their own application',
      ],
      [
        '    await refuseDecided(transaction, reviewer, review);\n',
        '',
        'takes two reviewers for executables',
      ],
      [
        '    refuseClaimedByOther(reviewer, review);\n    const',
        '    const',
        'assigns a review to one reviewer at a time, until the lease expires',
      ],
      ['review.claim?.by !== reviewer.handle || ', '', 'is decided by nobody who hasn’t claimed it'],
      [
        " || review.state === 'closed') return;",
        ') return;',
        'that is closed can’t be claimed, released or decided',
      ],
      ['if (review.claim !== null) return;', 'return;', 'is decided by nobody who hasn’t claimed it'],
    ]),
    ...guards(
      'lib/platform/front-door/answer-requests.ts',
      'lib/platform/front-door/answer-requests.test.ts',
      [
        [
          'cacheAnswers(limited,',
          'cacheAnswers(handle,',
          'limits pages rendered a minute per network, and not for this machine',
        ],
        [
          'address === null || isLoopbackAddress(address) ? null',
          'address === null ? null',
          'limits pages rendered a minute per network, and not for this machine',
        ],
        [
          "publicPages === 'live' ? limited : cachePages(answers())",
          'limited',
          'serves a rendered page to the next visitor without rendering it again',
        ],
        [
          "publicPages = 'documents',",
          "publicPages = 'live',",
          'serves a rendered page to the next visitor without rendering it again',
        ],
        [
          'guardRequests(pages, { publicUrl, formBytesMax })',
          'pages',
          'refuses requests that pages of other sites send',
        ],
        [
          'return enforcePace(guarded, {',
          'return ((one: Handler, _held: object) => one)(guarded, {',
          'ends the body of an upload that stops',
        ],
      ],
    ),
    ...guards('cli/address.ts', 'cli/address.test.ts', [
      [
        'if ((await stat(file)).uid !== uid) return null;',
        'void [stat, uid];',
        'isn’t that of a demo whose file another user wrote',
      ],
    ]),
    ...guards('lib/policy-changes/merge.ts', 'lib/policy-changes/flow.git.test.ts', [
      [
        'if (!person.roles.policyMaintainer && !isOwn(person, detail.proposer)) {',
        'if (false) {',
        'is merged by policy maintainers and its proposer, and by nobody else',
      ],
      [
        'if (guards.length > 0 && !input.guardsSeen) {',
        'if (false) {',
        'that removes a policy maintainer takes the others alone, and they are enough',
      ],
      [
        'if (person.roles.policyMaintainer && !isLeaving(detail, person.handle)) return;',
        'if (person.roles.policyMaintainer) return;',
        'that removes a policy maintainer takes the others alone, and they are enough',
      ],
    ]),
  ],
};
