// What script/lint holds schema.graphql and docs/examples against; ESLint is started in the project's root.
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
      // Relay asks for one direction or both. A list that hangs on another object is read forward only.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      // Short lists that never grow (userErrors, a reservation's appointments) and a connection's nodes are plain
      // lists in the contract; a test says which ones.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
      // What is no object of its own has no id.
      "@graphql-eslint/strict-id-in-types": [
        "error",
        { exceptions: { types: ["PageInfo", "UserError", "Viewer"], suffixes: ["Connection", "Edge", "Payload"] } },
      ],
      // Only a scalar can be in reach of nobody: the contract has Date and Time, no field has them yet.
      // graphql-schema-linter looks for unused types as well, and can make exceptions.
      "@graphql-eslint/no-unreachable-types": "off",
    },
  },
  {
    ...common,
    files: ["docs/examples/*.graphql"],
    rules: {
      ...plugin.configs["flat/operations-recommended"].rules,
      // relay-compiler asks for names that end in Query or Mutation.
      "@graphql-eslint/naming-convention": ["error", { VariableDefinition: "camelCase", OperationDefinition: "PascalCase" }],
    },
  },
];
