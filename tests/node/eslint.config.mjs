// The rules of script/lint for schema.graphql and docs/examples; ESLint is started in the project's root.
import { join } from "node:path";
import plugin from "@graphql-eslint/eslint-plugin";

const root = join(import.meta.dirname, "..", "..");

const common = {
  plugins: { "@graphql-eslint": plugin },
  languageOptions: {
    parser: plugin.parser,
    parserOptions: {
      graphQLConfig: { schema: join(root, "schema.graphql"), documents: join(root, "docs/examples/*.graphql") },
    },
  },
};

export default [
  {
    ...common,
    files: ["schema.graphql"],
    rules: {
      ...plugin.configs["flat/schema-recommended"].rules,
      ...plugin.configs["flat/schema-relay"].rules,
      // Relay requires pagination in one direction or both. Nested lists have forward pagination only.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      // Short lists that never grow (userErrors, a reservation's appointments) and a connection's nodes are plain
      // lists in the contract; a test lists them.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      // Types that are not objects by themselves have no id.
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: ["PageInfo", "UserError", "Viewer"], suffixes: ["Connection", "Edge", "Payload"] } },
      ],
      // Only scalars can be unreachable: the contract has Date and Time, which no field uses yet.
      // graphql-schema-linter reports unused types too, and allows exceptions.
      "@graphql-eslint/no-unreachable-types": "off",
    },
  },
  {
    ...common,
    files: ["docs/examples/*.graphql"],
    rules: {
      ...plugin.configs["flat/operations-recommended"].rules,
      // relay-compiler requires names that end in Query or Mutation.
      "@graphql-eslint/naming-convention": ["error", { VariableDefinition: "camelCase", OperationDefinition: "PascalCase" }],
    },
  },
];
