using Microsoft.CodeAnalysis;

namespace Notebook.Session.Compiler;

/// <summary>What a text means as the next cell of a session.</summary>
/// <param name="Root">Its syntax.</param>
/// <param name="Model">What its names mean.</param>
internal sealed record Analysis(SyntaxNode Root, SemanticModel Model);
