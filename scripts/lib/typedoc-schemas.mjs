// For TypeDoc. In the protocol a schema and the type of what it takes have one name, and other types are taken from lists
// of values; the pages show types, written out, because nobody who uses the sdk meets the schemas and the lists.
import { Converter, ReflectionKind } from 'typedoc';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    context.setActiveProgram(context.programs[0]);
    for (const alias of context.project.getReflectionsByKind(ReflectionKind.TypeAlias)) {
      if (isSchema(alias)) context.project.removeReflection(alias);
      else if (isTakenFromValues(alias)) writeOut(context, alias);
    }
    context.setActiveProgram(undefined);
  });
}

const isSchema = ({ type }) => type?.package === 'zod' && type.name.startsWith('Zod');
const isTakenFromValues = ({ type }) =>
  type?.package === 'zod' || type?.type === 'indexedAccess' || type?.type === 'typeOperator';

function writeOut(context, alias) {
  const declared = context.checker.getDeclaredTypeOfSymbol(context.getSymbolFromReflection(alias));
  alias.type = context.converter.convertType(context.withScope(alias.parent).withScope(alias), declared);
}
