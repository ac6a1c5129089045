// TypeDoc plugin. In the protocol a schema and its inferred type share a name, and other types are derived from lists of
// values. The pages show the expanded types, because users of the sdk do not see the schemas and lists.
import { Converter, ReflectionKind } from 'typedoc';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    context.setActiveProgram(context.programs[0]);
    for (const alias of context.project.getReflectionsByKind(ReflectionKind.TypeAlias)) {
      if (isSchema(alias)) context.project.removeReflection(alias);
      else if (isDerivedFromValues(alias)) expandType(context, alias);
    }
    context.setActiveProgram(undefined);
  });
}

const isSchema = ({ type }) => type?.package === 'zod' && type.name.startsWith('Zod');
const isDerivedFromValues = ({ type }) =>
  type?.package === 'zod' || type?.type === 'indexedAccess' || type?.type === 'typeOperator';

function expandType(context, alias) {
  const declared = context.checker.getDeclaredTypeOfSymbol(context.getSymbolFromReflection(alias));
  alias.type = context.converter.convertType(context.withScope(alias.parent).withScope(alias), declared);
}
