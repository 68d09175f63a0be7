/** Reads what the editor asks for. What has a wrong shape is refused with the protocol's own error. */
import { ErrorCodes, Position, Range, ResponseError } from 'vscode-languageserver/node';

const wrong = (what: string): ResponseError => new ResponseError(ErrorCodes.InvalidParams, what);

const fieldOf = (params: unknown, name: string): unknown =>
  typeof params === 'object' && params !== null ? (params as Record<string, unknown>)[name] : undefined;

/** @throws ResponseError where there is none */
export function readUri(params: unknown): string {
  const uri = fieldOf(fieldOf(params, 'textDocument'), 'uri');
  if (typeof uri !== 'string') throw wrong('textDocument.uri must be a string');
  return uri;
}

/** @throws ResponseError where there is none */
export function readPosition(params: unknown): Position {
  const position = fieldOf(params, 'position');
  if (!Position.is(position)) throw wrong('position must have a line and a character');
  return position;
}

/** @throws ResponseError where there is none */
export function readRange(params: unknown): Range {
  const range = fieldOf(params, 'range');
  if (!Range.is(range)) throw wrong('range must have a start and an end');
  return range;
}

/** A text that a command or a request needs. @throws ResponseError where it is none */
export function readString(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(`${what} must be a string`);
  return value;
}

/** Says that there is no such thing. */
export const refused = wrong;
