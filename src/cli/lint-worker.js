// What another thread than the first runs when many files are linted.
import command from './command.cjs';

command.lintShare();
