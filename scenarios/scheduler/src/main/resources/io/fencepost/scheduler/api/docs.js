'use strict';

// the description is of this very server: nothing is validated or fetched elsewhere
window.SwaggerUIBundle({
  url: '/openapi.yaml',
  dom_id: '#ui',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  persistAuthorization: false,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
