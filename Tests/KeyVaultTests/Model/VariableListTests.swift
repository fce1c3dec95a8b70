import Testing

@testable import KeyVault

/// Which names pass without a permission, and which never do.
struct VariableListTests {
  @Test func `the list that is embedded is what the parsed catalogue names`() {
    var keys: Set<String> = []
    var addresses: Set<String> = []
    for id in BuiltIn.ids {
      let provider = BuiltIn.provider(id)!
      keys.formUnion(provider.allVariables + provider.fields.compactMap(\.variable))
      let hostFields = provider.fields.filter { provider.hostFields.contains($0.name) }
      for name in [provider.baseURLVariable].compactMap(\.self) + hostFields.compactMap(\.variable)
      {
        addresses.insert("\(name) \(id)")
      }
    }
    #expect(Set(Embedded.variables) == keys && keys.count > 45)
    #expect(Set(Embedded.addresses.map { "\($0.name) \($0.owner)" }) == addresses)
    #expect(Embedded.variables.allSatisfy { VariableName.isListed($0) })
  }

  @Test(arguments: [
    // Their endings are those of credentials.
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS", "ANSIBLE_VAULT_PASSWORD_FILE", "ANSIBLE_REMOTE_USER",
    "R_PROFILE_USER", "R_ENVIRON_USER", "R_LIBS_USER", "PIP_USER", "NPM_CONFIG_USER",
    "NCCL_COMM_ID",
    "REMOTE_USER", "HTTP_X_FORWARDED_USER", "SUDO_USER", "INVOCATION_ID", "MACHINE_ID",
    "DESKTOP_STARTUP_ID", "SYSTEMD_UNIT_ID", "KUBERNETES_SERVICE_ID", "GIT_CONFIG_KEY",
    "SSH_PRIVATE_KEY", "CLOUDSDK_AUTH_ACCESS_TOKEN", "FLATPAK_ID", "OMPI_JOB_ID", "LC_APP_KEY",
    // Others.
    "KUBECONFIG", "GOPROXY", "GOAUTH", "UV_INDEX_URL", "COMPOSER_HOME", "CARGO_BUILD_RUSTC",
    "RUSTUP_TOOLCHAIN", "PSQLRC", "HELM_PLUGINS", "VAULT_ADDR", "TF_CLI_ARGS", "CC", "LDFLAGS",
    "GEM_PATH", "BUNDLE_GEMFILE", "ERL_FLAGS", "MIX_HOME", "JULIA_LOAD_PATH", "CLASSPATH",
    "OTEL_EXPORTER_OTLP_ENDPOINT", "DD_SITE", "NEW_RELIC_HOST", "COMPOSE_FILE", "CONTAINERS_CONF",
    "SSLKEYLOGFILE", "NETRC", "WGETRC", "INPUTRC", "VIMINIT", "MANPAGER", "FZF_DEFAULT_OPTS",
    "RSYNC_RSH", "GCONV_PATH", "HOSTALIASES", "RES_OPTIONS", "NIX_PATH", "QT_PLUGIN_PATH",
    "GUNICORN_CMD_ARGS", "JAVA_OPTS", "GRADLE_OPTS", "SBT_OPTS", "GH_HOST", "AWS_PROFILE",
    "UWSGI_EXEC_AS_USER", "UWSGI_HOOK_AS_USER", "DOTENV_KEY", "DOTENV_CONFIG_DOTENV_KEY",
    "INPUT_GITHUB_TOKEN",
    "AWS_CA_BUNDLE", "DOCKER_CONFIG", "PKG_CONFIG_PATH", "CMAKE_TOOLCHAIN_FILE", "CUDA_HOME",
  ])
  func `a name that steers programs is refused whatever permits it`(name: String) {
    #expect(
      VariableName.objection(to: name) == "'\(name)' steers programs, so it is never rendered")
    let refusal = failure { _ = try NamePolicy(parsing: "FINE_KEY, \(name)") }
    #expect(refusal?.kind == .usage)
    #expect(refusal?.message.contains("invalid KEYVAULT_ALLOW_NAMES: '\(name)'") == true)
  }

  @Test(arguments: [
    "OPENAI_BATCH_API_KEY", "NPM_TOKEN", "DOCKER_PASSWORD", "DOCKER_USER", "VAULT_TOKEN",
    "CARGO_REGISTRY_TOKEN", "CARGO_REGISTRIES_ACME_TOKEN", "GEM_HOST_API_KEY", "UV_PUBLISH_TOKEN",
    "TWINE_PASSWORD", "POETRY_PYPI_TOKEN_FILE", "HEX_API_KEY", "DD_API_KEY",
    "NEW_RELIC_LICENSE_KEY", "ELASTIC_APM_SECRET_TOKEN", "GH_TOKEN", "FISH_API_KEY",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION",
    "AWS_BEARER_TOKEN_BEDROCK", "DATABASE_URL", "SENTRY_DSN", "MONGO_URL", "PGPASSWORD",
    "SECRET_KEY_BASE", "SLACK_WEBHOOK", "SMTP_USER", "ACME_CREDENTIALS", "JWT_SECRET", "API_KEY",
    "DATABASE_URL_FILE", "OPENAI_API_KEY_FILE", "SNAP_CLIENT_ID", "STACK_SECRET_KEY",
    "MAKERSUITE_API_KEY", "AZURE_RESOURCE_NAME",
  ])
  func `a name that is known to hold a credential needs no permission`(name: String) {
    #expect(VariableName.objection(to: name) == nil)
    #expect(NamePolicy().allows(name))
  }

  @Test(arguments: [
    "OPENAI_API_BASE", "OPENAI_ENDPOINT", "LITELLM_PROXY_API_BASE", "LANGFUSE_HOST", "QDRANT_URL",
    "ELASTICSEARCH_URL", "MY_SETTING", "SPARE", "KEY", "TOKEN", "MONKEY", "OPENAI_KEYS",
    "X_KEY_FILES",
    "KEY_FILE", "X_FILE", "_KEY", "GOOGLE_CREDENTIALS", "OPENAI_API_KEY_FILE_FILE",
    "GOOGLE_BACKEND_CREDENTIALS", "IBM_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE",
    "R_USER", "MAILER_DSN", "JDBC_DATABASE_URL",
    // Equal by Unicode's canonical equivalence, and other bytes.
    "OPENAI_API_\u{212a}EY",
  ])
  func `every other name needs one`(name: String) throws {
    #expect(!NamePolicy().allows(name))
    guard VariableName.objection(to: name) == nil else { return }
    #expect(try NamePolicy(parsing: "A_B \(name),C").allows(name))
    #expect(try NamePolicy(parsing: "", and: [name]).allows(name))
    #expect(try !NamePolicy(parsing: name + "S").allows(name))
  }

  @Test func `an address is rendered under a name for addresses`() {
    for name in [
      "ACME_BASE_URL", "ACME_API_BASE", "ACME_ENDPOINT", "OPENAI_BASE_URL", "CO_API_URL",
    ] {
      #expect(BaseURLVariable.objection(toAddress: name) == nil, "\(name)")
    }
    for name in ["ACME_API_KEY", "ACME", "PAGER", "PIP_INDEX_URL", "AWS_ENDPOINT_URL", "lower_url"]
    {
      #expect(BaseURLVariable.objection(toAddress: name) != nil, "\(name)")
    }
  }
}
