namespace Notebook.Outputs;

/// <summary>What a running cell asks the person in front of it.</summary>
/// <param name="Prompt">The question; may be empty.</param>
/// <param name="IsPassword">Whether the answer should not be seen.</param>
public sealed record InputQuestion(string Prompt, bool IsPassword);
