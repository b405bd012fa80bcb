import type { Placeholder, Provider } from '../provider.ts'
import { DAY_SECONDS, pathSegment } from './placeholders.ts'

const gitlabHost: Placeholder = {
  description: 'host of GitLab',
  example: 'gitlab.example.com',
  default: 'gitlab.com',
}

/** Where code is kept, built, run and watched. */
export const developerPlatforms: readonly Provider[] = [
  {
    id: 'anthropic-claude',
    name: 'Anthropic (Claude subscription)',
    documentation: 'https://github.com/anthropics/claude-code/issues/27933',
    tokenEndpoint: 'https://platform.claude.com/v1/oauth/token',
    clientAuthMethods: ['none'],
    request: { format: 'json' },
    // A spent token is `404 not_found_error`.
    reply: { deadErrors: ['not_found_error'] },
    rotationClass: 'strict',
  },
  {
    id: 'bitbucket',
    name: 'Bitbucket Cloud',
    documentation: 'https://developer.atlassian.com/cloud/bitbucket/oauth-2',
    tokenEndpoint: 'https://bitbucket.org/site/oauth2/access_token',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    keepsOldAccessToken: true,
    whoAmI: 'https://api.bitbucket.org/2.0/user',
  },
  {
    id: 'cloudflare',
    name: 'Cloudflare (wrangler login)',
    documentation: 'https://github.com/cloudflare/workers-sdk/issues/15089',
    tokenEndpoint: 'https://dash.cloudflare.com/oauth2/token',
    clientAuthMethods: ['none'],
    rotationClass: 'strict',
    whoAmI: 'https://api.cloudflare.com/client/v4/memberships',
  },
  {
    id: 'databricks',
    name: 'Databricks',
    documentation:
      'https://docs.databricks.com/gcp/en/integrations/single-use-tokens',
    tokenEndpoint: 'https://{workspace}/oidc/v1/token',
    placeholders: {
      workspace: {
        description: 'host of the workspace',
        example: 'acme.cloud.databricks.com',
      },
    },
    clientAuthMethods: [],
    rotationClass: 'strict',
    whoAmI: 'https://{workspace}/api/2.0/preview/scim/v2/Me',
  },
  {
    id: 'digitalocean',
    name: 'DigitalOcean',
    documentation: 'https://docs.digitalocean.com/reference/api/oauth',
    tokenEndpoint: 'https://cloud.digitalocean.com/v1/oauth/token',
    clientAuthMethods: ['client_secret_post', 'none'],
    rotationClass: 'strict',
    whoAmI: 'https://api.digitalocean.com/v2/account',
  },
  {
    id: 'github-app-user',
    name: 'GitHub App user access tokens',
    documentation:
      'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
    tokenEndpoint: 'https://github.com/login/oauth/access_token',
    clientAuthMethods: ['client_secret_post', 'none'],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 184 * DAY_SECONDS,
    whoAmI: 'https://api.github.com/user',
  },
  {
    id: 'gitlab-oauth',
    name: 'GitLab OAuth applications',
    documentation: 'https://docs.gitlab.com/api/oauth2/',
    tokenEndpoint: 'https://{host}/oauth/token',
    userinfoEndpoint: 'https://{host}/oauth/userinfo',
    placeholders: { host: gitlabHost },
    clientAuthMethods: ['client_secret_post', 'client_secret_basic', 'none'],
    request: { requiredParameters: ['redirect_uri'] },
    rotationClass: 'strict',
    whoAmI: 'https://{host}/oauth/token/info',
  },
  {
    id: 'gitlab-pat',
    name: 'GitLab personal, group and project access tokens',
    documentation:
      'https://docs.gitlab.com/api/personal_access_tokens/#rotate-a-personal-access-token',
    tokenEndpoint: 'https://{host}/api/v4/personal_access_tokens/self/rotate',
    placeholders: { host: gitlabHost },
    clientAuthMethods: ['none'],
    request: { format: 'self-rotation' },
    reply: {
      refreshToken: 'token',
      accessToken: 'token',
      expiresAt: 'expires_at',
      refreshTokenExpiresAt: 'expires_at',
      hasNoTokenType: true,
      // Expired and revoked look the same.
      deadErrors: ['invalid_token'],
      deadStatuses: [401],
    },
    rotationClass: 'strict',
    whoAmI: 'https://{host}/api/v4/personal_access_tokens/self',
  },
  {
    id: 'heroku',
    name: 'Heroku',
    documentation: 'https://devcenter.heroku.com/articles/oauth',
    tokenEndpoint: 'https://id.heroku.com/oauth/token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'strict',
  },
  {
    id: 'jfrog',
    name: 'JFrog access tokens',
    documentation:
      'https://github.com/jfrog/jfrog-client-go/blob/master/access/services/accesstoken.go',
    tokenEndpoint: 'https://{host}/access/api/v1/tokens',
    placeholders: {
      host: { description: 'host of the platform', example: 'acme.jfrog.io' },
    },
    clientAuthMethods: ['none'],
    request: {
      format: 'json',
      // Without it there is no next refresh token.
      parameters: { refreshable: true },
      omittedParameters: ['client_id'],
    },
    rotationClass: 'strict',
    whoAmI: 'https://{host}/access/api/v1/tokens/me',
  },
  {
    id: 'openai-codex',
    name: 'OpenAI (ChatGPT sign-in)',
    documentation: 'https://github.com/openai/codex/issues/10332',
    tokenEndpoint: 'https://auth.openai.com/oauth/token',
    clientAuthMethods: ['none'],
    rotationClass: 'strict',
    keepsOldAccessToken: true,
  },
  {
    id: 'sentry',
    name: 'Sentry integration platform',
    documentation: 'https://docs.sentry.io/api/auth',
    tokenEndpoint:
      'https://sentry.io/api/0/sentry-app-installations/{installation}/authorizations/',
    placeholders: {
      installation: pathSegment(
        'UUID of the installation',
        '0a1b2c3d-0000-4000-8000-0123456789ab',
      ),
    },
    clientAuthMethods: ['client_secret_post'],
    request: { format: 'json' },
    reply: {
      refreshToken: 'refreshToken',
      accessToken: 'token',
      expiresAt: 'expiresAt',
      successStatus: 201,
      hasNoTokenType: true,
      deadStatuses: [401],
    },
    rotationClass: 'strict',
    whoAmI: 'https://sentry.io/api/0/organizations/',
  },
  {
    id: 'snowflake',
    name: 'Snowflake',
    documentation:
      'https://docs.snowflake.com/user-guide/single-use-refresh-tokens',
    tokenEndpoint: 'https://{account}/oauth/token-request',
    placeholders: {
      account: {
        description: 'host of the account',
        example: 'acme-prod.snowflakecomputing.com',
      },
    },
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    refreshTokenAbsoluteSeconds: 90 * DAY_SECONDS,
  },
  {
    id: 'vercel',
    name: 'Vercel',
    documentation:
      'https://github.com/vercel/vercel/blob/main/packages/cli-auth/oauth.ts',
    issuer: 'https://vercel.com',
    clientAuthMethods: ['none'],
    rotationClass: 'strict',
    whoAmI: 'https://api.vercel.com/v2/user',
  },
]
