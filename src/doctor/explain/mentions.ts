/** What before a failure's text says that it is only spoken of: comments, searches, source code, change logs, advice. */
const beforeTheText: readonly RegExp[] = [
  /^\s*(?:#\s|#$|\/\/|--\s|;\s|<!--|\* @)/,
  /(?:^|[\s;|&(/"'`])(?:[efz]?grep|rg|ag|awk|sed|echo|printf|logger|alias)\s/,
  /\bCOMMAND=/,
  // `set -x`, and a diff
  /^\s*\++ (?:\S+ )?(?:echo|printf|grep|\[|test|case)\b/,
  /\b(?:assert|assertIn|assertRaises|raise|throw|return|elif|match|print|log(?:ger|ging)?\.\w+|warnings\.warn|console\.\w+|re\.\w+)\b[^'"`]*(['"`])(?:(?!\1).)*$/,
  /^\s*(?:el)?if\b.*['"`]/,
  /^\s*[*+-]\s.*\b(?:[Ff]ix(?:e[sd])?|[Ff]ixing|[Rr]esolve[sd]?|[Aa]dd(?:s|ed)?|[Hh]andle[sd]?|[Dd]ocument(?:s|ed)?|[Aa]void(?:s|ed)?|[Ss]ilence[sd]?|[Ii]mprove[sd]?|[Ww]orkaround)\b/,
  /\b(?:[Ff]ixed|[Ff]ixes|[Rr]esolved|[Ss]olved|[Aa]voids?|[Pp]revents?|[Ww]orkaround for|[Cc]loses:?|[Kk]nown issues?|[Tt]roubleshooting|[Dd]ocumentation|FAQ|README|[Ss]ee also)\b[^\n]*(?:\bbug\b|\bissue\b|\berror\b|\bwhere\b|\bthat\b|["'“‘`:])/,
  // Rules of a monitor, subjects of commits, results of tests
  /^\s*(?:- )?["']?(?:summary|description|pattern|regexp?|match|expr|title|remedy|help)["']?\s*[:=]\s*/,
  /^\s*(?:[0-9a-f]{7,40} )?(?:fix|feat|docs|test|chore|refactor)(?:\([^)]*\))?!?: /,
  /^\s*(?:(?:not )?ok \d+\b|[✓✔] |PASS(?:ED)?\b)/,
  /\b(?:[Hh]ow (?:to|do|can)|such as|e\.g\.|[Ff]or example|(?:messages?|errors?) like)\b/,
  /\b(?:[Ww]hether|[Nn]ot|[Nn]o|[Ww]ithout)\s+(?:[\w-]+\s+){0,2}["'“‘`]?$/,
  /\bdeprecated\b[^\n]*:\s*$/,
  /\b(?:[Ii]f you (?:see|get|encounter|receive|run into)|[Ii]n case (?:of|you)|[Ll]ook(?:ing)? for|[Ss]earch(?:ing)? for|[Cc]heck(?:ing)? for|[Ww]atch(?:ing)? for|[Nn]o longer|[Nn]ot seen|[Nn]ever)\b/,
];

/** What right behind it says that it is not so, or only a name that is defined. */
const behindTheText =
  /^["'”’`.!)]*\s*(?:\.\.\. ?(?:no|No|ok|OK|passed)\b|[:=] ?(?:no|No|false|False|0|ok|OK|none|None|passed|PASSED)\b|= ?\d+,?$|is defined\b|was not found\b|not found\b)/;

/** The same about the whole line. */
const inTheLine: readonly RegExp[] = [
  /\bCOMMAND=\S*\b(?:[efz]?grep|journalctl|dmesg|less|vi|vim|nano|cat|tail)\b/,
  /\(Closes: #\d+|\(LP: #\d+/,
];

/** Whether `line`, in which a failure's text stands from `start` to before `end`, only speaks of the failure. */
export function isMention(line: string, start: number, end: number): boolean {
  const before = line.slice(0, start);
  return (
    beforeTheText.some((pattern) => pattern.test(before)) ||
    behindTheText.test(line.slice(end)) ||
    inTheLine.some((pattern) => pattern.test(line))
  );
}
