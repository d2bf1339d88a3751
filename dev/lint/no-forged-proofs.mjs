/**
 * ESLint rule: a proof is made by its check and by nobody else. A proof is a type with a private member `#proof`, declared by the file that
 * makes it; no object literal and no spread is one. What is left is lying to the compiler: `as`, `<T>`, type predicates, `as never` where
 * a proof is asked for, type arguments of calls, and Object.assign and structuredClone, which change or copy a proof and keep its type. The file that
 * declares the proof may, and for tests a *.fixture.ts beside it, which no other code may import (.dependency-cruiser.cjs).
 */
import { dirname } from 'node:path';
import ts from 'typescript';

/** Properties on the way from a type to a proof inside it. */
const depthMax = 3;
/** Types looked at for one expression. */
const typesMax = 2000;

/** @returns {string | null} the file that declares the proof; null: the type by itself is none */
function declaringFile(type, checker) {
  for (const { valueDeclaration: declared } of checker.getPropertiesOfType(type)) {
    if (declared === undefined || !ts.isPropertyDeclaration(declared)) continue;
    if (ts.isPrivateIdentifier(declared.name) && declared.name.text === '#proof')
      return declared.getSourceFile().fileName;
  }
  return null;
}

const isOwn = (type) => {
  const [declared] = type.symbol?.declarations ?? [];
  return declared !== undefined && !declared.getSourceFile().fileName.includes('/node_modules/');
};

/** @returns {Map<string, string>} where in a type proofs are (`.evidence.governing`; ``: itself) → the file that declares them */
function proofsIn(type, checker) {
  const found = new Map();
  let left = typesMax;
  const visit = (one, place, depth) => {
    if (left-- <= 0) return;
    const file = one.flags & (ts.TypeFlags.Any | ts.TypeFlags.Never) ? null : declaringFile(one, checker);
    if (file !== null) {
      found.set(place, file);
      return;
    }
    if (one.isUnionOrIntersection()) {
      for (const part of one.types) visit(part, place, depth);
      return;
    }
    if (!(one.flags & ts.TypeFlags.Object) || depth === 0) return;
    if (one.objectFlags & ts.ObjectFlags.Reference)
      for (const [at, argument] of checker.getTypeArguments(one).entries())
        visit(argument, `${place}<${at}>`, depth - 1);
    if (place === '')
      for (const signature of one.getCallSignatures())
        visit(checker.getReturnTypeOfSignature(signature), `${place}()`, depth - 1);
    if (!isOwn(one)) return;
    for (const property of checker.getPropertiesOfType(one))
      visit(checker.getTypeOfSymbol(property), `${place}.${property.name}`, depth - 1);
  };
  visit(type, '', depthMax);
  return found;
}

/** Through `as unknown as`: what is really there. */
const innermost = (node) =>
  node.type === 'TSAsExpression' || node.type === 'TSTypeAssertion' ? innermost(node.expression) : node;

/** @type {import('eslint').Rule.RuleModule} */
export const noForgedProofs = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      forged:
        '{{what}} is a proof, made by {{file}} alone: have it made there, from what is to be proved. Tests take it from a fixture beside that file.',
      exported: 'The class that makes a type a proof is for its own file: don’t export it.',
    },
  },
  create(context) {
    const { program, esTreeNodeToTSNodeMap, getTypeAtLocation } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const current = context.physicalFilename;
    const root = program.getCurrentDirectory();
    const mayMake = (file) =>
      file === current || (current.endsWith('.fixture.ts') && dirname(current) === dirname(file));

    /** Reports `node` where the type holds a proof in a place where `before` has none. */
    const check = (node, type, before, what) => {
      const had = before === null ? new Map() : proofsIn(before, checker);
      for (const [place, file] of proofsIn(type, checker)) {
        if (had.get(place) === file || mayMake(file)) continue;
        const shown = file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
        context.report({ node, messageId: 'forged', data: { what: `${what}${place}`, file: shown } });
        return;
      }
    };

    const checkAssertion = (node) => {
      const target = getTypeAtLocation(node.typeAnnotation);
      const before = getTypeAtLocation(innermost(node.expression));
      // What fits everywhere is what it is used as.
      const anywhere = (target.flags & (ts.TypeFlags.Any | ts.TypeFlags.Never)) !== 0;
      const type = anywhere ? checker.getContextualType(esTreeNodeToTSNodeMap.get(node)) : target;
      if (type !== undefined) check(node, type, before, checker.typeToString(type));
    };

    return {
      TSAsExpression: checkAssertion,
      TSTypeAssertion: checkAssertion,
      TSTypePredicate(node) {
        if (node.typeAnnotation === null) return;
        const type = getTypeAtLocation(node.typeAnnotation.typeAnnotation);
        check(node, type, null, checker.typeToString(type));
      },
      CallExpression(node) {
        for (const argument of node.typeArguments?.params ?? []) {
          const type = getTypeAtLocation(argument);
          check(argument, type, null, checker.typeToString(type));
        }
        const { callee } = node;
        const copies =
          (callee.type === 'Identifier' && callee.name === 'structuredClone') ||
          (callee.type === 'MemberExpression' &&
            callee.object.type === 'Identifier' &&
            callee.object.name === 'Object' &&
            callee.property.type === 'Identifier' &&
            callee.property.name === 'assign');
        if (copies) check(node, getTypeAtLocation(node), null, 'The result');
      },
      'ExportNamedDeclaration > ClassDeclaration[declare=true] PropertyDefinition > PrivateIdentifier[name="proof"]'(
        node,
      ) {
        context.report({ node, messageId: 'exported' });
      },
    };
  },
};
