internal import Naming

/// Names of variables that decide what programs run, load, trust or send, whatever their value is. A
/// list of such names is never whole, so it is not what lets a name pass: see ``VariableName``.
enum SteeringName {
  static func holds(_ name: String) -> Bool {
    if exact.contains(name) || name.hasSuffix("_PROXY") { return true }
    guard let first = name.utf8.first else { return false }
    let (all, families) = byFirst[Int(first)]
    if all.contains(where: { name.hasPrefix($0) }) { return true }
    return families.contains(where: { name.hasPrefix($0) }) && !isCredential(name)
  }

  /// `NPM_TOKEN`, and a few credentials of programs whose names do not end so.
  private static func isCredential(_ name: String) -> Bool {
    credentials.contains(name)
      || VariableName.suffixes.contains {
        name.hasSuffix($0) || name.hasSuffix($0 + VariableName.fileSuffix)
      }
  }

  private static let byFirst: [(all: [String], families: [String])] = {
    var table = [(all: [String], families: [String])](repeating: ([], []), count: 256)
    for prefix in prefixes { table[Int(prefix.utf8.first ?? 0)].all.append(prefix) }
    for family in families { table[Int(family.utf8.first ?? 0)].families.append(family) }
    return table
  }()

  /// Every name that begins so is a setting of a program, or could be.
  private static let prefixes = [
    // Loaders, shells, language runtimes, git, ssh, TLS, and what runs jobs.
    "LD_", "DYLD_", "BASH_", "NODE_", "PYTHON", "PERL5", "PERL_", "RUBY", "GIT_", "SSH_", "SSL_",
    "CURL_", "XDG_", "PASSWORD_STORE_", "KEYVAULT_", "GITHUB_", "RUNNER_", "ACTIONS_",
    "DOTNET_", "COMPLUS_", "CORECLR_", "ELECTRON_", "R_LIBS", "R_PROFILE", "R_ENVIRON",
    "GLIBC_", "MALLOC_", "OPENSSL_", "GNUTLS_", "KRB5", "PKCS11_", "LC_",
    "ASAN_", "LSAN_", "MSAN_", "TSAN_", "UBSAN_",
    // Package managers and tools that read any option from a variable.
    "NPM_CONFIG_", "PNPM_", "PIP_", "ANSIBLE_", "CLOUDSDK_", "KUBERNETES_", "FLATPAK_",
    "UWSGI_", "DOTENV_CONFIG_",
    // The inputs of a job's actions, for programs that a later step starts.
    "INPUT_",
    // What starts services and sessions, and identifies the user.
    "SYSTEMD_", "DBUS_", "PAM_", "HTTP_X_",
    // Where cloud SDKs look for credentials, and where they ask for them.
    "AWS_CONTAINER_", "AWS_EC2_METADATA_", "AWS_ENDPOINT", "AWS_LAMBDA_", "AWS_SHARED_",
    "AWS_WEB_IDENTITY_", "AZURE_AUTHORITY_", "AZURE_FEDERATED_", "GOOGLE_APPLICATION_",
    "GOOGLE_EXTERNAL_ACCOUNT_",
    // Addresses that processes of one computation meet at, and libraries that they load.
    "NCCL_", "OMPI_", "PMIX_", "PRTE_", "SLURM_", "UCX_",
  ]

  /// Whether the name steers programs; names that end like those of credentials are left out.
  private static let families = [
    // Package managers.
    "NPM_", "YARN_", "BUN_", "DENO_", "COREPACK_", "UV_", "POETRY_", "PDM_", "HATCH_", "PIPENV_",
    "PIPX_", "TWINE_", "CONDA_", "MAMBA_", "BUNDLE_", "BUNDLER_", "GEM_", "COMPOSER_", "CARGO_",
    "RUST", "NUGET_", "MAVEN_", "GRADLE_", "SBT_", "COURSIER_", "MIX_", "HEX_", "REBAR_", "OPAM",
    "CABAL_", "STACK_", "HOMEBREW_", "NIX_", "GUIX_", "NVM_", "PYENV_", "RBENV_", "ASDF_", "VOLTA_",
    // Build tools and compilers.
    "ANT_", "CMAKE_", "MESON_", "NINJA_", "CCACHE_", "SCCACHE_", "DISTCC_", "BAZEL", "PKG_CONFIG",
    "CGO_", "MAKE", "SWIFTPM_", "AUTOM4TE", "ACLOCAL_",
    // Clients of containers and clouds.
    "DOCKER_", "DOCKERD_", "CONTAINER_", "CONTAINERS_", "PODMAN_", "BUILDAH_", "BUILDKIT_",
    "BUILDX_", "COMPOSE_", "CONTAINERD_", "NERDCTL_", "KUBE", "HELM_", "VAULT_", "CONSUL_",
    "NOMAD_", "TF_", "TERRAGRUNT_", "PULUMI_", "PACKER_", "VAGRANT_", "AWS_CLI_", "AZURE_CORE_",
    "GH_", "GLAB_", "GRPC_",
    // Language runtimes.
    "JAVA_", "JDK_", "KOTLIN_", "SCALA_", "GROOVY_", "LUA_", "PHP_", "JULIA_", "ERL_", "ELIXIR_",
    "GHC", "GUILE_", "OCAML", "CAML", "TCL", "MONO_", "COREHOST_", "ASPNETCORE_", "GUNICORN_",
    // Libraries that load what a variable names.
    "GTK_", "GDK_", "GIO_", "GI_", "QT_", "GST_", "LIBGL_", "MESA_", "CUDA_", "OMP_", "MKL_",
    "KMP_", "LIBC_", "NSS_", "GCONV_", "GETCONF_", "CHROME_", "MOZ_", "SNAP_", "PROOT_", "QEMU_",
    "VALGRIND_", "STRACE_", "FAKEROOT", "FAKETIME",
    // Shells, pagers, editors and programs around them.
    "FISH_", "ZSH_", "TMUX_", "LESS_", "FZF_", "BAT_", "DIRENV_", "STARSHIP_", "RIPGREP_", "NVIM_",
    "EMACS", "PSQL_", "RSYNC_", "LISTEN_", "WATCHDOG_",
    // Exporters of telemetry.
    "OTEL_", "DD_", "NEW_RELIC_", "ELASTIC_APM_",
  ]

  /// Credentials of those families whose names end otherwise.
  private static let credentials: Set<Name> = [
    "COMPOSER_AUTH", "DENO_AUTH_TOKENS", "DOCKER_AUTH_CONFIG", "OTEL_EXPORTER_OTLP_HEADERS",
  ]

  private static let exact: Set<Name> = [
    "GCONV_PATH", "PATH", "HOME", "SHELL", "IFS", "ENV", "PS4", "SHELLOPTS", "PROMPT_COMMAND",
    "REQUESTS_CA_BUNDLE", "TMPDIR", "GNUPGHOME", "CI",
    // Shells set them, and what was rendered would not arrive.
    "PWD", "OLDPWD", "SHLVL",
    // Shells.
    "BASHOPTS", "CDPATH", "DIRSTACK", "ENVIRON", "EUID", "EXECIGNORE", "FCEDIT", "FIGNORE", "FPATH",
    "FUNCNEST", "GLOBIGNORE", "GROUPS", "HISTCMD", "HISTCONTROL", "HISTFILE", "HISTIGNORE",
    "HISTSIZE", "HISTTIMEFORMAT", "HOSTFILE", "HOSTNAME", "HOSTTYPE", "IGNOREEOF", "INPUTRC",
    "INSIDE_EMACS", "MACHTYPE", "MAIL", "MAILCHECK", "MAILPATH", "OPTARG", "OPTERR", "OPTIND",
    "OSTYPE", "POSIXLY_CORRECT", "PPID", "PS0", "PS1", "PS2", "PS3", "RANDOM", "REPLY", "SECONDS",
    "TIMEFORMAT", "TMOUT", "UID", "ZDOTDIR",
    // Who the user is, and where files are.
    "LOGNAME", "USER", "USERNAME", "TEMP", "TEMPDIR", "TMP", "AUTH_USER", "DOAS_USER",
    "HTTP_REMOTE_USER", "LOGON_USER", "PKEXEC_UID", "REMOTE_USER", "SUDO_ASKPASS", "SUDO_COMMAND",
    "SUDO_EDITOR", "SUDO_GID", "SUDO_UID", "SUDO_USER", "DESKTOP_STARTUP_ID", "INVOCATION_ID",
    "MACHINE_ID", "PMI_ID", "SNAP_INSTANCE_KEY", "CREDENTIALS_DIRECTORY", "JOURNAL_STREAM",
    "MAINPID", "MANAGERPID", "NOTIFY_SOCKET",
    // Pagers, editors, browsers, terminals.
    "BROWSER", "COLORTERM", "COLUMNS", "DISPLAY", "EDITOR", "EXINIT", "GVIMINIT", "ICEAUTHORITY",
    "LESS", "LESSCHARSET", "LESSCLOSE", "LESSHISTFILE", "LESSKEY", "LESSKEYIN", "LESSOPEN",
    "LESSSECURE", "LINES", "MANOPT", "MANPAGER", "MANPATH", "MORE", "MYVIMRC", "NO_COLOR", "PAGER",
    "SCREENRC", "SYSSCREENRC", "TERM", "TERMCAP", "TERMINFO", "TERMINFO_DIRS", "VIM", "VIMINIT",
    "VIMRUNTIME", "VISUAL", "WAYLAND_DISPLAY", "XAUTHORITY", "GPG_AGENT_INFO", "GPG_TTY",
    "PINENTRY_USER_DATA",
    // Language, time and names of hosts.
    "HOSTALIASES", "LANG", "LANGUAGE", "LOCALDOMAIN", "LOCPATH", "NLSPATH", "RES_OPTIONS", "TZ",
    "TZDIR",
    // Compilers, make and Go.
    "AR", "ARFLAGS", "AS", "CC", "CFLAGS", "COMPILER_PATH", "CPATH", "CPLUS_INCLUDE_PATH", "CPP",
    "CPPFLAGS", "CXX", "CXXFLAGS", "C_INCLUDE_PATH", "GCC_EXEC_PREFIX", "GNUMAKEFLAGS", "LD",
    "LDFLAGS", "LIBRARY_PATH", "MFLAGS", "OBJC_INCLUDE_PATH", "GO111MODULE", "GOARCH", "GOAUTH",
    "GOBIN", "GOCACHE", "GOCACHEPROG", "GOCOVERDIR", "GODEBUG", "GOENV", "GOEXPERIMENT", "GOFLAGS",
    "GOGC", "GOINSECURE", "GOMAXPROCS", "GOMEMLIMIT", "GOMODCACHE", "GONOPROXY", "GONOSUMDB",
    "GOOS",
    "GOPATH", "GOPRIVATE", "GOPROXY", "GOROOT", "GOSUMDB", "GOTMPDIR", "GOTOOLCHAIN",
    "GOTRACEBACK", "GOVCS", "GOWORK",
    // Runtimes, databases and downloads.
    "CLASSPATH", "CAMLLIB", "MYSQL_GROUP_SUFFIX", "MYSQL_HOME", "NETRC", "PGPASSFILE",
    "PGSERVICEFILE", "PGSYSCONFDIR", "PHPRC", "PSQLRC", "R_HOME", "SSLKEYLOGFILE", "TK_LIBRARY",
    "WGETRC", "SWIFT_BACKTRACE",
    // It makes a library load any variables from an encrypted file beside the program.
    "DOTENV_KEY",
    // Cloud SDKs.
    "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_DATA_PATH", "AWS_DEFAULT_PROFILE", "AWS_PAGER",
    "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_SDK_LOAD_CONFIG", "AZURE_CONFIG_DIR",
    "AZURE_EXTENSION_DIR", "BOTO_CONFIG", "SBT_CREDENTIALS",
  ]
}
