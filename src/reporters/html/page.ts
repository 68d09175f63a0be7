/** The page of a report: one file that loads nothing, and has no script. */
import { plural } from '../../plural.ts';
import { markup, Html } from './markup.ts';
import report from './report.css';
import tokens from './tokens.css';

/** A figure at the top of a report. */
export interface Figure {
  count: number;
  /** What is counted, in the singular. */
  noun: string;
  /** What is said of it. */
  said?: string;
  tone: 'error' | 'warning' | 'ok' | 'plain';
}

/** A report. */
export interface ReportPage {
  title: string;
  figures: readonly Figure[];
  /** What was looked at, and how, a line each. */
  lines: readonly string[];
  /** Sections with their headings. */
  sections: readonly (Html | undefined)[];
}

/** Nothing is loaded and nothing runs, whatever the texts in the report are. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The text of the page. */
export const pageText = ({ title, figures, lines, sections }: ReportPage): string =>
  markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>
${new Html(tokens)}${new Html(report)}</style>
</head>
<body>
<header>
<p class="by">sql-lint ${process.env.SQL_LINT_VERSION ?? ''}</p>
<h1>${title}</h1>
<ul class="figures">${figures.map(figure)}</ul>
${lines.map((line) => markup`<p class="line">${line}</p>`)}
</header>
<main>
${sections}</main>
</body>
</html>`.text;

const figure = ({ count, noun, said = '', tone }: Figure): Html => {
  const [number, ...words] = `${plural(count, noun)} ${said}`.trimEnd().split(' ');
  return markup`<li class="${count === 0 ? 'plain' : tone}"><b>${number}</b> ${words.join(' ')}</li>`;
};
