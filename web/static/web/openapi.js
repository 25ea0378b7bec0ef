"use strict";

const page = document.getElementById("swagger-ui");

SwaggerUIBundle({
  domNode: page,
  url: page.dataset.document,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1, // the schemas are shown where they are used
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false, // a token is not stored in the browser
  validatorUrl: null, // no other host learns of the document
});
