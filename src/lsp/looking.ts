/** What an editor asks about a place in a text, or about the text as a whole. */
import type {
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  Position,
  Range,
  TextEdit,
} from 'vscode-languageserver/node';
import type { Places } from '../history/places.ts';
import type { Checking } from './checking.ts';
import type { Diagnosing } from './diagnosing.ts';
import type { Positions, Sheet } from './documents.ts';
import { hoverOfRule, hoverOfStatement, ruleAt, statementAt } from './hover.ts';
import { Atlas, definitionsOf, referencesOf } from './navigation.ts';
import { foldsOf, symbolsOf } from './outline.ts';
import type { Pace } from './pace.ts';
import { renameRule } from './renaming.ts';
import { refused } from './requests.ts';

export class Looking {
  private readonly checking: Checking;
  private readonly diagnosing: Diagnosing;
  private readonly positions: () => Positions;

  constructor(checking: Checking, diagnosing: Diagnosing, positions: () => Positions) {
    this.checking = checking;
    this.diagnosing = diagnosing;
    this.positions = positions;
  }

  async symbols(sheet: Sheet): Promise<DocumentSymbol[]> {
    return symbolsOf(await this.checking.scriptOf(sheet), sheet);
  }

  async folds(sheet: Sheet): Promise<FoldingRange[]> {
    return foldsOf(await this.checking.scriptOf(sheet), sheet);
  }

  async hover(sheet: Sheet, position: Position, pace: Pace): Promise<Hover | undefined> {
    const offset = sheet.offsetAt(position);
    const script = await this.checking.scriptOf(sheet);
    const rule = ruleAt(script, offset);
    if (rule) return hoverOfRule(rule, sheet);
    if (!statementAt(script, offset)) return undefined;
    const ending = this.diagnosing.untilChange(pace);
    return this.diagnosing.inLane(async () => {
      const places = await this.checking.placesOf(sheet, ending);
      const source = await this.checking.sourceOf(sheet, ending);
      const statement = statementAt(source.script, offset);
      return statement && hoverOfStatement(source, statement, places, sheet, this.atlas());
    });
  }

  async definition(sheet: Sheet, position: Position, pace: Pace): Promise<Location[]> {
    const places = await this.places(sheet, pace);
    return definitionsOf(places, sheet.path, sheet.offsetAt(position), this.atlas());
  }

  async references(sheet: Sheet, position: Position, withDefinitions: boolean, pace: Pace): Promise<Location[]> {
    const places = await this.places(sheet, pace);
    return referencesOf(places, sheet.path, sheet.offsetAt(position), this.atlas(), withDefinitions);
  }

  /** The range of what can be renamed: the rule that a comment names. */
  async renamable(sheet: Sheet, position: Position): Promise<Range | undefined> {
    const rule = ruleAt(await this.checking.scriptOf(sheet), sheet.offsetAt(position));
    return rule && sheet.rangeOf(rule);
  }

  /** @throws ResponseError where nothing can be renamed there, or not so */
  async rename(sheet: Sheet, position: Position, to: string): Promise<TextEdit[]> {
    const script = await this.checking.scriptOf(sheet);
    const rule = ruleAt(script, sheet.offsetAt(position));
    if (!rule) throw refused('only a rule that a comment names can be renamed');
    return renameRule(script, sheet, rule.name, to);
  }

  private places(sheet: Sheet, pace: Pace): Promise<Places> {
    const ending = this.diagnosing.untilChange(pace);
    return this.diagnosing.inLane(() => this.checking.placesOf(sheet, ending));
  }

  private atlas(): Atlas {
    const { workspace } = this.checking;
    return new Atlas(this.diagnosing.sheets, (path) => workspace.textOf(path), this.positions());
  }
}
